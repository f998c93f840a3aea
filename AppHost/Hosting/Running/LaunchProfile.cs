using System.Text.Json;

namespace ImageRights.Hosting;

/// <summary>One profile of a project's <c>Properties/launchSettings.json</c>.</summary>
internal sealed record LaunchProfile(string Name, IReadOnlyList<Uri> ApplicationUrls, IReadOnlyDictionary<string, string> EnvironmentVariables)
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The named profile, or the first that starts the project; null when there is none.</summary>
    /// <exception cref="HostingException">The file is not readable JSON, or the named profile is missing.</exception>
    internal static LaunchProfile? Read(string projectDirectory, string? name = null)
    {
        var path = Path.Combine(projectDirectory, "Properties", "launchSettings.json");
        if (!File.Exists(path)) return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), Lenient);
            if (!document.RootElement.TryGetProperty("profiles", out var profiles)) return null;
            foreach (var profile in profiles.EnumerateObject())
            {
                var chosen = name is null
                    ? profile.Value.TryGetProperty("commandName", out var command) && command.GetString() == "Project"
                    : profile.Name == name;
                if (chosen) return Read(profile);
            }
        }
        catch (JsonException fault)
        {
            throw new HostingException($"{path} is not valid JSON: {fault.Message}", "Correct the file.", inner: fault);
        }
        return name is null ? null : throw new HostingException($"{path} has no profile \"{name}\".", "Add the profile, or name another in AppHost.cs.");
    }

    private static LaunchProfile Read(JsonProperty profile)
    {
        var urls = profile.Value.TryGetProperty("applicationUrl", out var applicationUrl)
            ? applicationUrl.GetString()!.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => new Uri(url))
            : [];
        var variables = profile.Value.TryGetProperty("environmentVariables", out var environment)
            ? environment.EnumerateObject().ToDictionary(v => v.Name, v => v.Value.ToString())
            : [];
        return new LaunchProfile(profile.Name, [.. urls], variables);
    }
}
