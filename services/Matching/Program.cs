ImageRights.Matching.Composition.Build(args).Run();
