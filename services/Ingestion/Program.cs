using ImageRights.Ingestion;
using ImageRights.ServiceDefaults;

return await Composition.Build(args).RunServiceAsync(args);
