using ImageRights.ServiceDefaults;

return await ImageRights.CaseManagement.Composition.Build(args).RunServiceAsync(args);
