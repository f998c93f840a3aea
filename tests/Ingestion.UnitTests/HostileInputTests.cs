using ImageRights.Ingestion.Metadata;
using ImageRights.Ingestion.Probing;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.UnitTests;

/// <summary>Samples with seeded damage through the probe and the metadata reader: always a header or a code of the catalogue, never an exception.</summary>
public class HostileInputTests
{
    private const int MutationsOfEach = 1000;

    private static readonly PictureLimits Limits = new();
    private static readonly ProblemCatalogue Catalogue = new(typeof(Composition).Assembly);

    public static TheoryData<string> SmallSamples() => new(SampleFiles.Names.Except(["photo.jpg"]));

    [Theory]
    [MemberData(nameof(SmallSamples))]
    public void Damage_ends_in_a_header_or_a_code(string name)
    {
        var whole = SampleFiles.Read(name);
        for (var seed = 0; seed < MutationsOfEach; seed++)
        {
            var file = Mutate(whole, new Random(seed));
            ProbeOutcome outcome;
            try
            {
                outcome = HeaderProbe.Probe(file, Limits);
                if (outcome.Header is { } header) MetadataReader.Read(file, header);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"{name}, seed {seed}", failure);
            }
            (outcome.Header is null).ShouldBe(outcome.Code is not null, $"{name}, seed {seed}");
            if (outcome.Code is { } code) Catalogue.Entries.Keys.ShouldContain(code);
            HeaderProbe.Probe(file, Limits).Code.ShouldBe(outcome.Code, $"{name}, seed {seed}: the same bytes, the same answer");
        }
    }

    [Fact]
    public void Noise_behind_every_signature_ends_in_a_code()
    {
        byte[][] signatures =
        [
            [0xFF, 0xD8, 0xFF], [0x89, .. "PNG\r\n\u001A\n"u8], [.. "RIFF\u0030\0\0\0WEBP"u8], [.. "GIF89a"u8], [0, 0, 0, 0x10, .. "ftypavif"u8, 0, 0, 0, 0],
        ];
        foreach (var signature in signatures)
        {
            for (var seed = 0; seed < MutationsOfEach; seed++)
            {
                var noise = new byte[seed % 300];
                new Random(seed).NextBytes(noise);
                HeaderProbe.Probe([.. signature, .. noise], Limits).Code.ShouldBeOneOf(
                    ["Image_Truncated", "Image_Corrupt", "Image_Format_Unsupported", "Image_Too_Many_Pixels", "Image_Side_Too_Long"], $"{Convert.ToHexString(signature)}, seed {seed}");
            }
        }
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        var file = whole.ToList();
        for (var times = random.Next(1, 5); times > 0 && file.Count > 1; times--)
        {
            // Headers decide most: half of the damage goes to the first hundred bytes.
            var place = random.Next(random.Next(2) == 0 ? Math.Min(100, file.Count) : file.Count);
            switch (random.Next(6))
            {
                case 0: file[place] ^= (byte)(1 << random.Next(8)); break;
                case 1: file[place] = (byte)random.Next(256); break;
                case 2: file[place] = random.Next(2) == 0 ? (byte)0 : (byte)0xFF; break;
                case 3: file.RemoveRange(place, Math.Min(random.Next(1, 40), file.Count - place)); break;
                case 4: file.InsertRange(place, file.GetRange(place, Math.Min(random.Next(1, 40), file.Count - place))); break;
                case 5: file.RemoveRange(place, file.Count - place); break;
            }
        }
        return [.. file];
    }
}
