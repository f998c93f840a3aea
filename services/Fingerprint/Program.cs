using ImageRights.Fingerprint.Decoding.Isolation;

if (args is [DecodeWorker.Switch, ..])
    return DecodeWorker.Run();

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHealthChecks();

var app = builder.Build();
app.MapHealthChecks("/health");
await app.RunAsync();
return 0;
