using ImageRights.ServiceDefaults;

return await ImageRights.Matching.Composition.Build(args).RunServiceAsync(args);
