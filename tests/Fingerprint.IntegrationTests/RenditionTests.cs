using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using Microsoft.AspNetCore.Http;
using static ImageRights.Fingerprint.IntegrationTests.ComputeTests;

namespace ImageRights.Fingerprint.IntegrationTests;

/// <summary>What people see of the vault: never what somebody uploaded.</summary>
public class RenditionTests(FingerprintService service) : IClassFixture<FingerprintService>
{
    private readonly HttpClient http = service.Replica.Http;
    private readonly VaultDouble vault = service.Surroundings.Vault;

    [Theory]
    [InlineData(160)]
    [InlineData(320)]
    [InlineData(640)]
    [InlineData(1280)]
    public async Task It_is_a_picture_of_the_size_asked_for_upright_and_without_place_name_or_anything_hidden(int side)
    {
        var bytes = Pictures.WithPlace(Pictures.Bridge);
        new PictureDecoder().Probe(bytes).Value.ShouldNotBeNull().Orientation.ShouldBe(6);
        Text(bytes).ShouldContain("Erika Mustermann");

        var jpeg = await (await http.GetAsync($"/v1/renditions/{vault.Hold(bytes)}?side={side}")).EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
        var shown = new PictureDecoder().Decode(jpeg, 2000).Value.ShouldNotBeNull();
        Math.Max(shown.Header.Width, shown.Header.Height).ShouldBe(side);
        shown.Header.Orientation.ShouldBe(1);
        // Orientation 6 turns the wide photograph upright.
        shown.Header.Height.ShouldBeGreaterThan(shown.Header.Width);
        foreach (var secret in new[] { "Exif", "Erika", "0171", "script", "ICC_PROFILE", "http" }) Text(jpeg).ShouldNotContain(secret);
        Markers(bytes).ShouldContain((byte)0xE1);
        // JFIF, tables, frame and scan; no Exif, XMP, profile or comment.
        Markers(jpeg).Except<byte>([0xE0, 0xDB, 0xC4, 0xC0, 0xC2, 0xDA]).ShouldBeEmpty();
        if (side < 640) return;
        var upright = new PictureDecoder().Decode(bytes).Value.ShouldNotBeNull();
        PdqHasher.Compute(shown).Hash.Distance(PdqHasher.Compute(upright).Hash).ShouldBeLessThanOrEqualTo(16);
    }

    [Fact]
    public async Task It_is_sent_so_that_no_browser_takes_it_for_anything_but_a_picture()
    {
        var sha256 = vault.Hold(Pictures.New(800, 600));
        using var response = await http.GetAsync($"/v1/renditions/{sha256}?side=160");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("image/jpeg");
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("inline");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("Content-Security-Policy").ShouldBe(["sandbox; default-src 'none'"]);
        response.Headers.CacheControl!.Private.ShouldBeTrue();
        response.Headers.CacheControl.ToString().ShouldContain("immutable");
        response.Headers.ETag!.Tag.ShouldBe($"\"{sha256}-160\"");

        using var again = new HttpRequestMessage(HttpMethod.Get, $"/v1/renditions/{sha256}?side=160");
        again.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{sha256}-160\""));
        using var unchanged = await http.SendAsync(again);
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        unchanged.Headers.ETag!.Tag.ShouldBe($"\"{sha256}-160\"");
        (await unchanged.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task It_is_drawn_once_and_remembered_for_each_size()
    {
        var sha256 = vault.Hold(Pictures.New());
        var first = await http.GetByteArrayAsync($"/v1/renditions/{sha256}?side=160");
        (await http.GetByteArrayAsync($"/v1/renditions/{sha256}?side=160")).ShouldBe(first);
        vault.Requests(sha256).ShouldBe(1);
        (await http.GetByteArrayAsync($"/v1/renditions/{sha256}")).ShouldBe(await http.GetByteArrayAsync($"/v1/renditions/{sha256}?side=640"));
        vault.Requests(sha256).ShouldBe(2);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("161")]
    [InlineData("100000")]
    [InlineData("wide")]
    [InlineData("")]
    public async Task Other_sizes_are_refused(string side) =>
        await ShouldRefuseAsync(await http.GetAsync($"/v1/renditions/{new string('a', 64)}?side={side}"), HttpStatusCode.UnprocessableEntity, "Request_Invalid");

    [Theory]
    [InlineData("nothing")]
    [InlineData("..%2f..%2fv1")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_is_no_address_of_content_is_not_found(string address) =>
        await ShouldRefuseAsync(await http.GetAsync($"/v1/renditions/{address}"), HttpStatusCode.NotFound, "Not_Found");

    [Fact]
    public async Task What_the_vault_lacks_or_cannot_vouch_for_is_not_shown()
    {
        await ShouldRefuseAsync(await http.GetAsync($"/v1/renditions/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}"), HttpStatusCode.NotFound, "Image_Content_Missing");
        var (sha256, other) = (vault.Hold(Pictures.New()), Pictures.New());
        vault.Answer(sha256, (context, _) => context.Response.Body.WriteAsync(other).AsTask());
        await ShouldRefuseAsync(await http.GetAsync($"/v1/renditions/{sha256}"), HttpStatusCode.BadGateway, "Image_Content_Altered");
        vault.Answer(sha256, (context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await ShouldRefuseAsync(await http.GetAsync($"/v1/renditions/{sha256}"), HttpStatusCode.ServiceUnavailable, "Dependency_Unavailable");
    }

    [Fact]
    public async Task What_does_not_decode_is_a_problem_and_not_passed_on()
    {
        var picture = Pictures.New();
        await ShouldRefuseAsync(await http.GetAsync($"/v1/renditions/{vault.Hold("<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray())}"), HttpStatusCode.UnprocessableEntity, "Image_Format_Unsupported");
        await ShouldRefuseAsync(await http.GetAsync($"/v1/renditions/{vault.Hold(picture[..(picture.Length / 2)])}"), HttpStatusCode.UnprocessableEntity, "Image_Truncated");
    }

    // Markers of the segments before the first scan's data.
    private static List<byte> Markers(byte[] jpeg)
    {
        var markers = new List<byte>();
        for (var at = 2; markers.Count == 0 || markers[^1] != 0xDA; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2)))
        {
            jpeg[at].ShouldBe((byte)0xFF);
            markers.Add(jpeg[at + 1]);
        }
        return markers;
    }

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
