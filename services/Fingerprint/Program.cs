using ImageRights.Fingerprint;
using ImageRights.Fingerprint.Decoding.Isolation;
using ImageRights.ServiceDefaults;

// A decoder process is this program too; it must not meet configuration, database or bus.
if (args is [DecodeWorker.Switch, var settings])
    return DecodeWorker.Run(settings);

return await Composition.Build(args).RunServiceAsync(args);
