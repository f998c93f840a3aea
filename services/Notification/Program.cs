using ImageRights.Notification;
using ImageRights.ServiceDefaults;

return await Composition.Build(args).RunServiceAsync(args);
