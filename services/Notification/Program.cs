using ImageRights.Notification;

Composition.Build(args).Run();
