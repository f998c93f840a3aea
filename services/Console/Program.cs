using ImageRights.Console;

Composition.Build(args).Run();
