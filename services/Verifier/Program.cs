return await ImageRights.Verifier.CommandLine.RunAsync(args, Console.Out, Console.Error);
