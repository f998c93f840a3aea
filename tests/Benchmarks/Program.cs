using ImageRights.Benchmarks;
using ImageRights.Benchmarks.Evaluation;
using ImageRights.Benchmarks.Searching;

switch (args)
{
    case ["append", .. var options]:
        await AppendBenchmark.RunAsync(options);
        return 0;
    case ["record", .. var options]:
        await RecordBenchmark.RunAsync(options);
        return 0;
    case ["verify", .. var options]:
        await VerifyBenchmark.RunAsync(options);
        return 0;
    case ["relay", .. var options]:
        return await RelayBenchmark.RunAsync(options);
    case ["evaluate", .. var options]:
        return EvaluateCommand.Evaluate(options);
    case ["calibrate", .. var options]:
        return EvaluateCommand.Calibrate(options);
    case ["search", .. var options]:
        return SearchBenchmark.Run(options);
    default:
        Console.Error.WriteLine("dotnet run -c Release -- append [seconds=5] [writers=1,8,32,128] [only=single,new,fetch,snapshot,hundred,follow]");
        Console.Error.WriteLine("dotnet run -c Release -- record [events=200000] [large=4000] [only=follow,seal,rebuild,publish]");
        Console.Error.WriteLine("dotnet run -c Release -- verify [events=400000] [runs=3]");
        Console.Error.WriteLine("dotnet run -c Release -- relay [events=60000] [warm=20000] [endpoints=1]");
        Console.Error.WriteLine($"dotnet run -c Release -- {EvaluateCommand.Usage}");
        Console.Error.WriteLine($"dotnet run -c Release -- {SearchBenchmark.Usage}");
        return 1;
}
