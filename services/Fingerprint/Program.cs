using ImageRights.Fingerprint.Decoding.Isolation;

if (args is [DecodeWorker.Switch, var settings])
    return DecodeWorker.Run(settings);

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHealthChecks();

var app = builder.Build();
app.MapHealthChecks("/health");
await app.RunAsync();
return 0;
