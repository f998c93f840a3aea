using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace ImageRights.Hosting.Tests;

public sealed class EnvironmentTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static IDistributedApplicationBuilder Builder(params string[] args) =>
        DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, AssemblyName = "ImageRights.Hosting.Tests" });

    private static LaunchProfile? ProfileOf(ProjectResource project) => project.Annotations.OfType<ProjectMetadataAnnotation>().Single().LaunchProfile;

    private static Task<Dictionary<string, string>> BuildAsync(IResourceBuilder<ProjectResource> project, bool development = false, OtlpTarget? telemetry = null) =>
        ProjectEnvironment.BuildAsync(project.Resource, ProfileOf(project.Resource), project.Resource.Name, ["http://localhost:40001"], telemetry, development, None);

    [Fact]
    public async Task A_service_gets_exactly_the_variables_of_Aspires_conventions()
    {
        var builder = Builder();
        var postgres = builder.AddPostgres("postgres");
        var database = postgres.AddDatabase("ingestiondb");
        var messaging = builder.AddRabbitMQ("messaging");
        var other = builder.AddProject<Projects.SampleService>("case-management");
        var service = builder.AddProject<Projects.SampleService>("ingestion")
            .WithReference(database).WithReference(messaging).WithReference(other)
            .WithEnvironment("Vault__Directory", "/data/vault");
        postgres.Resource.Allocate("Host=127.0.0.1;Port=5433;Username=postgres;Password=p%w;Database=ignored");
        messaging.Resource.Allocate("amqp://guest:s%2Fcret@127.0.0.1:5673");
        other.Resource.Annotations.OfType<EndpointAnnotation>().Single().AllocatedPort = 5104;

        var variables = await BuildAsync(service, development: true, new OtlpTarget(new Uri("http://localhost:18889"), "key"));

        variables.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value}").ShouldBe(
        [
            "ASPNETCORE_ENVIRONMENT=Development",
            "ASPNETCORE_FORWARDEDHEADERS_ENABLED=true",
            "ASPNETCORE_URLS=http://localhost:40001",
            "CASE_MANAGEMENT_HTTP=http://localhost:5104",
            "ConnectionStrings__ingestiondb=Host=127.0.0.1;Port=5433;Username=postgres;Password=p%w;Database=ingestiondb",
            "ConnectionStrings__messaging=amqp://guest:s%2Fcret@127.0.0.1:5673",
            "DOTNET_LAUNCH_PROFILE=http",
            "DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION=true",
            "INGESTIONDB_DATABASENAME=ingestiondb",
            "INGESTIONDB_HOST=127.0.0.1",
            "INGESTIONDB_JDBCCONNECTIONSTRING=jdbc:postgresql://127.0.0.1:5433/ingestiondb",
            "INGESTIONDB_PASSWORD=p%w",
            "INGESTIONDB_PORT=5433",
            "INGESTIONDB_URI=postgresql://postgres:p%25w@127.0.0.1:5433/ingestiondb",
            "INGESTIONDB_USERNAME=postgres",
            "LOGGING__CONSOLE__FORMATTERNAME=simple",
            "MESSAGING_HOST=127.0.0.1",
            "MESSAGING_PASSWORD=s/cret",
            "MESSAGING_PORT=5673",
            "MESSAGING_URI=amqp://guest:s%2Fcret@127.0.0.1:5673",
            "MESSAGING_USERNAME=guest",
            "OTEL_BLRP_SCHEDULE_DELAY=1000",
            "OTEL_BSP_SCHEDULE_DELAY=1000",
            "OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION=true",
            "OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION=true",
            "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY=in_memory",
            "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:18889",
            "OTEL_EXPORTER_OTLP_HEADERS=x-otlp-api-key=key",
            "OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
            "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true",
            "OTEL_METRICS_EXEMPLAR_FILTER=trace_based",
            "OTEL_METRIC_EXPORT_INTERVAL=1000",
            "OTEL_RESOURCE_ATTRIBUTES=service.instance.id=ingestion",
            "OTEL_SERVICE_NAME=ingestion",
            "OTEL_TRACES_SAMPLER=always_on",
            "Vault__Directory=/data/vault",
            "services__case-management__http__0=http://localhost:5104",
        ]);
    }

    [Fact]
    public async Task Outside_development_telemetry_keeps_its_own_pace_and_without_a_dashboard_it_goes_nowhere()
    {
        var variables = await BuildAsync(Builder().AddProject<Projects.SampleService>("ingestion"));

        variables.Keys.Where(name => name.StartsWith("OTEL_", StringComparison.Ordinal)).ShouldBe(["OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_reference_under_another_name_uses_that_name_throughout()
    {
        var builder = Builder();
        var postgres = builder.AddPostgres("postgres");
        var service = builder.AddProject<Projects.SampleService>("cases").WithReference(postgres.AddDatabase("casesdb", "cases"), "store");
        postgres.Resource.Allocate("Host=127.0.0.1;Port=5433;Username=postgres;Password=pw");

        var variables = await BuildAsync(service);

        variables["ConnectionStrings__store"].ShouldEndWith("Database=cases");
        variables["STORE_DATABASENAME"].ShouldBe("cases");
        variables.ShouldNotContainKey("ConnectionStrings__casesdb");
    }

    [Fact]
    public async Task A_bare_address_is_injected_as_the_default_endpoint()
    {
        var variables = await BuildAsync(Builder().AddProject<Projects.SampleService>("ingestion").WithReference("time-stamps", new Uri("http://tsa.example/")));

        variables["services__time-stamps__default__0"].ShouldBe("http://tsa.example/");
        variables["time_stamps"].ShouldBe("http://tsa.example/");
    }

    [Fact]
    public async Task A_parameter_from_configuration_reaches_the_service()
    {
        var builder = Builder("--Parameters:vault-key=from-outside");
        var variables = await BuildAsync(builder.AddProject<Projects.SampleService>("ingestion").WithEnvironment("Vault__Key", builder.AddParameter("vault-key", secret: true)));

        variables["Vault__Key"].ShouldBe("from-outside");
    }

    [Fact]
    public async Task A_missing_parameter_that_is_no_secret_is_asked_for_by_name()
    {
        var parameter = Builder().AddParameter("region");

        var fault = await Should.ThrowAsync<HostingException>(async () => await parameter.Resource.GetValueAsync());

        fault.Message.ShouldContain("\"region\"");
        fault.NextStep.ShouldContain("Parameters__region");
    }

    [Theory]
    [InlineData("case-management", "case_management")]
    [InlineData("4eyes", "_4eyes")]
    [InlineData("plain", "plain")]
    public void Names_become_usable_in_a_shell(string name, string encoded) => EnvironmentNames.Encode(name).ShouldBe(encoded);

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("two--hyphens")]
    [InlineData("trailing-")]
    [InlineData("under_score")]
    [InlineData("a2345678901234567890123456789012345678901234567890123456789012345")]
    public void A_name_that_Aspire_would_refuse_is_refused(string name) => Should.Throw<ArgumentException>(() => Builder().AddRabbitMQ(name));

    [Fact]
    public async Task A_service_is_the_brokers_user_of_its_own_name_and_one_without_a_user_does_not_start()
    {
        var builder = Builder();
        var messaging = builder.AddRabbitMQ("messaging");
        var known = builder.AddProject<Projects.SampleService>("ingestion").WithReference(messaging).WithEnvironment("BROKER", messaging);
        var unknown = builder.AddProject<Projects.SampleService>("newcomer").WithReference(messaging);
        messaging.Resource.Allocate("amqp://guest:first@127.0.0.1:5673", new Dictionary<string, string> { ["ingestion"] = "amqp://ingestion:second@127.0.0.1:5673" });

        var variables = await BuildAsync(known);

        variables["ConnectionStrings__messaging"].ShouldBe("amqp://ingestion:second@127.0.0.1:5673");
        variables["BROKER"].ShouldBe(variables["ConnectionStrings__messaging"]);
        (variables["MESSAGING_USERNAME"], variables["MESSAGING_PASSWORD"]).ShouldBe(("ingestion", "second"));
        variables.Values.ShouldNotContain(value => value.Contains("first"));
        (await Should.ThrowAsync<HostingException>(() => BuildAsync(unknown))).Message.ShouldContain("\"newcomer\"");
    }

    [Fact]
    public void Two_resources_cannot_share_a_name()
    {
        var builder = Builder();
        builder.AddPostgres("store");
        Should.Throw<InvalidOperationException>(() => builder.AddRabbitMQ("Store")).Message.ShouldContain("\"Store\"");
    }

    [Fact]
    public void The_AppHosts_own_settings_are_not_inherited()
    {
        Environment.SetEnvironmentVariable("ASPIRE_TEST_SETTING", "x");
        try
        {
            var inherited = ProjectEnvironment.Inherited();
            inherited.ShouldNotContainKey("ASPIRE_TEST_SETTING");
            inherited.ShouldContainKey("PATH");
        }
        finally
        {
            Environment.SetEnvironmentVariable("ASPIRE_TEST_SETTING", null);
        }
    }

    [Fact]
    public void Secrets_are_masked_as_they_are_and_as_part_of_an_address()
    {
        var mask = new SecretMask();
        mask.Add("s/cret");
        mask.Mask("amqp://guest:s%2Fcret@h Password=s/cret").ShouldBe("amqp://guest:●●●●●●@h Password=●●●●●●");
    }
}
