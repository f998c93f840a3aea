ImageRights.CaseManagement.Composition.Build(args).Run();
