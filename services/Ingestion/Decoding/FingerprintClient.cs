using System.Net;
using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.Ingestion.Intake;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Decoding;

/// <summary>What decoding says of a picture.</summary>
public abstract record DecodeAnswer
{
    private DecodeAnswer()
    {
    }

    /// <summary>It decodes.</summary>
    /// <param name="Algorithm">Name and version of what made the hashes.</param>
    /// <param name="Pdq">PDQ hash of the picture as it is, 64 hexadecimal digits.</param>
    /// <param name="PdqDihedrals">PDQ hashes of its eight orientations; the first equals <paramref name="Pdq"/>.</param>
    /// <param name="PdqQuality">0 (featureless) to 100.</param>
    /// <param name="Features">What finds it after edits, as Matching takes it; only where it was asked for.</param>
    /// <param name="LumaSha256">SHA-256 of the decoded picture; null from a publisher that does not compute it.</param>
    public sealed record Decoded(
        string Algorithm, string Pdq, IReadOnlyList<string> PdqDihedrals, int PdqQuality, JsonElement? Features = null, string? LumaSha256 = null) : DecodeAnswer;

    /// <summary>It does not decode, or must not be.</summary>
    /// <param name="Code">A code of this service's catalogue.</param>
    public sealed record Refused(string Code, string? Detail) : DecodeAnswer;

    /// <summary>Nobody could say.</summary>
    public sealed record Unavailable : DecodeAnswer;
}

/// <summary>Asks Fingerprint to decode a picture: <c>POST /v1/fingerprints</c> with the bytes as application/octet-stream.</summary>
public sealed class FingerprintClient(HttpClient http, ProblemCatalogue catalogue, ILogger<FingerprintClient> logger)
{
    // The answer holds nine hashes and the features of a picture; more is not one.
    private const int LongestAnswer = 512 * 1024;

    /// <summary>Asks once; a caller that can wait asks again later.</summary>
    /// <param name="keep">Whether Fingerprint may keep what it found for the picture's turn. Who keeps nothing has no later turn, and is told the features now.</param>
    public async Task<DecodeAnswer> AskAsync(string tenant, SpooledUpload upload, bool keep, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new StreamContent(upload.OpenRead());
            content.Headers.ContentType = new("application/octet-stream");
            using var request = new HttpRequestMessage(HttpMethod.Post, keep ? "/v1/fingerprints" : "/v1/fingerprints?store=false&features=true") { Content = content }.For(tenant);
            using var response = await http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return JsonSerializer.Deserialize<FingerprintAnswer>(body, StoreOptions.Json) is { Algorithm: { } algorithm, Pdq: { } pdq, PdqDihedrals: { } dihedrals, PdqQuality: { } quality } answer
                    ? new DecodeAnswer.Decoded(algorithm, pdq, dihedrals, quality, answer.Features, answer.LumaSha256)
                    : throw new JsonException("The answer lacks a field.");
            }
            if (response.StatusCode == HttpStatusCode.UnprocessableEntity) return Refusal(body);
            logger.LogWarning("Fingerprint answered {Status} for {Sha256}", (int)response.StatusCode, upload.Sha256);
        }
        // A peer that dies in mid-answer shows itself in many ways, IOException and ObjectDisposedException among them: whatever it is, nobody could say.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("Fingerprint gave no answer for {Sha256}: {Reason}", upload.Sha256, failure.Message);
        }
        return new DecodeAnswer.Unavailable();
    }

    /// <summary>Sets address and bounds of the client. <c>Fingerprint:Timeout</c> is the longest wait for an answer, 10 seconds unless set.</summary>
    public static void Configure(IServiceProvider services, HttpClient http)
    {
        http.BaseAddress = new Uri("http://fingerprint");
        http.Timeout = services.GetRequiredService<IConfiguration>().GetValue("Fingerprint:Timeout", TimeSpan.FromSeconds(10));
        http.MaxResponseContentBufferSize = LongestAnswer;
    }

    private DecodeAnswer Refusal(byte[] body)
    {
        var problem = JsonSerializer.Deserialize<FingerprintProblem>(body, StoreOptions.Json);
        if (problem?.Code is { } code && code.StartsWith("Image_", StringComparison.Ordinal) && catalogue.Entries.ContainsKey(code))
            return new DecodeAnswer.Refused(code, problem.Detail);
        logger.LogWarning("Fingerprint refused with the unknown code {Code}", problem?.Code);
        return new DecodeAnswer.Refused("Image_Corrupt", null);
    }

    private sealed record FingerprintAnswer(string? Algorithm, string? Pdq, IReadOnlyList<string>? PdqDihedrals, int? PdqQuality, JsonElement? Features, string? LumaSha256);

    private sealed record FingerprintProblem(string? Code, string? Detail);
}
