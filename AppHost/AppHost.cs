using System.IO;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(args);

// Everything that outlives a run is in one folder: databases, queues, encrypted pictures, secrets.
var data = Path.GetFullPath(builder.Configuration["IMAGERIGHTS_DATA"] ?? Path.Combine(builder.AppHostDirectory, "..", ".data"));

var postgres = builder.AddPostgres("postgres").WithDataBindMount(Path.Combine(data, "postgres"));
// Who may do what there is in messaging.definitions.json; each service is a user by its name.
var messaging = builder.AddRabbitMQ("messaging").WithDataBindMount(Path.Combine(data, "rabbitmq"));

// Each service owns its database; nobody reads another's.
var ingestionDb = postgres.AddDatabase("ingestiondb");
var fingerprintDb = postgres.AddDatabase("fingerprintdb");
var matchingDb = postgres.AddDatabase("matchingdb");
var casesDb = postgres.AddDatabase("casesdb");
var notificationDb = postgres.AddDatabase("notificationdb");
var consoleDb = postgres.AddDatabase("consoledb");

// Without the first no picture in the vault can be read; the second wraps the secrets that sign webhooks; the third signs the record's checkpoints.
var vaultKey = builder.AddParameter("vault-key", secret: true);
var secretsKey = builder.AddParameter("secrets-key", secret: true);
var logKey = builder.AddParameter("log-key", secret: true);
// And the fourth wraps the keys of persons, without which nothing personal can be read.
var personalKey = builder.AddParameter("personal-key", secret: true);

// With the first, services know each other; the second seals the console's keys, under which people and programs sign in.
var serviceKey = builder.AddParameter("service-key", secret: true);
var consoleKey = builder.AddParameter("console-key", secret: true);

// Takes pictures, works and licences in.
var ingestion = builder.AddProject<Projects.Ingestion>("ingestion")
    .WithReference(ingestionDb).WaitFor(ingestionDb)
    .WithReference(messaging).WaitFor(messaging)
    .WithEnvironment("Vault__Directory", Path.Combine(data, "vault"))
    .WithEnvironment("Vault__Key", vaultKey)
    .WithEnvironment("Personal__Key", personalKey)
    .WithEnvironment("Transparency__SigningKey", logKey)
    .WithHttpHealthCheck("/health");

// Decodes each picture and says what it looks like; keeps nothing in memory, so there may be any number of it.
var fingerprint = builder.AddProject<Projects.Fingerprint>("fingerprint")
    .WithReference(fingerprintDb).WaitFor(fingerprintDb)
    .WithReference(messaging).WaitFor(messaging)
    .WithEnvironment("Transparency__SigningKey", logKey)
    .WithReference(ingestion)
    .WithReplicas(2)
    .WithHttpHealthCheck("/health");

// Every picture is decoded before it is accepted.
ingestion.WithReference(fingerprint);

// Finds what looks alike and decides once for each picture.
var matching = builder.AddProject<Projects.Matching>("matching")
    .WithReference(matchingDb).WaitFor(matchingDb)
    .WithReference(messaging).WaitFor(messaging)
    .WithEnvironment("Matching__CheckpointFolder", Path.Combine(data, "matching-index"))
    .WithEnvironment("Transparency__SigningKey", logKey)
    .WithHttpHealthCheck("/health");

// An upload's answer can wait for its verdict, and a pre-check is a search that stores nothing.
ingestion.WithReference(matching);

// Leads every dispute from report to close.
var caseManagement = builder.AddProject<Projects.CaseManagement>("casemanagement")
    .WithReference(casesDb).WaitFor(casesDb)
    .WithReference(messaging).WaitFor(messaging)
    .WithReference(ingestion)
    .WithReference(fingerprint)
    .WithReference(matching)
    .WithEnvironment("Personal__Key", personalKey)
    .WithEnvironment("Transparency__SigningKey", logKey)
    .WithHttpHealthCheck("/health");

// Tells programs by signed webhooks, and the parties by inbox and mail.
var notification = builder.AddProject<Projects.Notification>("notification")
    .WithReference(notificationDb).WaitFor(notificationDb)
    .WithReference(messaging).WaitFor(messaging)
    .WithReference(ingestion)
    .WithEnvironment("Transparency__SigningKey", logKey)
    .WithEnvironment("Secrets__Key", secretsKey)
    .WithHttpHealthCheck("/health");

// The desk itself: what people see and click, and where people and programs sign in.
var console = builder.AddProject<Projects.Console>("console")
    .WithReference(consoleDb).WaitFor(consoleDb)
    .WithReference(ingestion)
    .WithReference(fingerprint)
    .WithReference(matching)
    .WithReference(caseManagement)
    .WithReference(notification)
    .WithEnvironment("Access__Key", consoleKey)
    .WithEnvironment("Access__FirstCredentials", Path.Combine(data, "first-credentials.env"))
    // Pictures are shown at an address of their own: whatever one of them is, it is no page of the desk's.
    .WithHttpEndpoint(port: 5106, name: "media")
    .WithHttpHealthCheck("/health");
console.WithEnvironment("Access__Issuer", console.GetEndpoint("http")).WithEnvironment("Media__Origin", console.GetEndpoint("media"));

// Every service takes the console's tokens, and those of its peers.
foreach (var service in new[] { ingestion, fingerprint, matching, caseManagement, notification })
    service.WithEnvironment("Access__Issuer", console.GetEndpoint("http")).WithEnvironment("Access__ServiceKey", serviceKey);

builder.Build().Run();
