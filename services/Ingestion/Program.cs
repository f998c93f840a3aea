using ImageRights.Ingestion;

Composition.Build(args).Run();
