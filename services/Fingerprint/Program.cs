using ImageRights.Fingerprint;
using ImageRights.Fingerprint.Decoding.Isolation;

// A decoder process is this program too; it must not meet configuration, database or bus.
if (args is [DecodeWorker.Switch, var settings])
    return DecodeWorker.Run(settings);

Composition.Build(args).Run();
return 0;
