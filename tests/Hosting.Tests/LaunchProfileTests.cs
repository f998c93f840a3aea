namespace ImageRights.Hosting.Tests;

public sealed class LaunchProfileTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    private void Write(string json)
    {
        Directory.CreateDirectory(Path.Combine(directory.Path, "Properties"));
        File.WriteAllText(Path.Combine(directory.Path, "Properties", "launchSettings.json"), json);
    }

    [Fact]
    public void The_first_profile_that_starts_the_project_is_taken()
    {
        Write("""
            {
              // Visual Studio writes comments and trailing commas.
              "profiles": {
                "IIS Express": { "commandName": "IISExpress" },
                "http": { "commandName": "Project", "applicationUrl": "http://localhost:5101; https://localhost:7101",
                          "environmentVariables": { "ASPNETCORE_ENVIRONMENT": "Development", "FLAG": true } },
              }
            }
            """);

        var profile = LaunchProfile.Read(directory.Path).ShouldNotBeNull();

        profile.Name.ShouldBe("http");
        profile.ApplicationUrls.Select(url => (url.Scheme, url.Port)).ShouldBe([("http", 5101), ("https", 7101)]);
        profile.EnvironmentVariables["ASPNETCORE_ENVIRONMENT"].ShouldBe("Development");
    }

    [Fact]
    public void A_project_without_launch_settings_has_no_profile() => LaunchProfile.Read(directory.Path).ShouldBeNull();

    [Fact]
    public void A_profile_that_is_named_but_missing_is_an_error()
    {
        Write("""{ "profiles": {} }""");
        Should.Throw<HostingException>(() => LaunchProfile.Read(directory.Path, "https")).Message.ShouldContain("\"https\"");
    }

    [Fact]
    public void A_file_that_is_no_JSON_is_named()
    {
        Write("{ oops");
        Should.Throw<HostingException>(() => LaunchProfile.Read(directory.Path)).Message.ShouldContain("launchSettings.json");
    }
}
