// A service for the tests of the AppHost: it shows what it was started with, and ends when it is told to.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHealthChecks();

if (builder.Configuration["FAIL_AT_START"] is { } reason)
{
    Console.Error.WriteLine(reason);
    return 7;
}

var app = builder.Build();
app.MapHealthChecks("/health");
app.MapGet("/environment/{name}", (string name) => Environment.GetEnvironmentVariable(name) ?? "");
app.MapGet("/process", () => $"{Environment.ProcessId}");
app.Run();
return 0;
