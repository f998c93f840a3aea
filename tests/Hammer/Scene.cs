using System.Buffers.Binary;
using System.Text;
using ImageRights.TestKit;

namespace ImageRights.Hammer;

/// <summary>A picture that is uploaded over and over, each time as another file that shows the same.</summary>
/// <param name="Account">Who uploads it; nobody else does.</param>
internal sealed record Scene(int Number, string Account, byte[] Bytes)
{
    private static readonly uint[] Crc = [.. Enumerable.Range(0, 256).Select(index => Enumerable.Range(0, 8).Aggregate((uint)index, (value, _) => (value & 1) == 1 ? 0xEDB88320 ^ (value >> 1) : value >> 1))];

    /// <summary>Every other scene is a registered work of somebody else's, so that its uploads must match.</summary>
    public bool IsWork => Number % 2 == 0;

    /// <summary>Pictures of a folder, or drawn ones.</summary>
    public static IReadOnlyList<Scene> Choose(int count, string? folder, int width)
    {
        var run = Guid.CreateVersion7().ToString("N")[^8..];
        var files = folder is null ? [] : Directory.GetFiles(folder).Where(file => Path.GetExtension(file).ToLowerInvariant() is ".jpg" or ".jpeg" or ".png").Order(StringComparer.Ordinal).Take(count).ToList();
        return [.. Enumerable.Range(0, folder is null ? count : files.Count).Select(number => new Scene(
            number, $"hammer-{run}-{number}", folder is null ? new SamplePicture(Random.Shared.Next()).ToPng(width, width * 3 / 4) : File.ReadAllBytes(files[number])))];
    }

    /// <summary>Another file with the same picture: a comment in it differs.</summary>
    public byte[] Variant()
    {
        var comment = Encoding.ASCII.GetBytes($"Comment\0{Guid.NewGuid():N}");
        if (Bytes[0] == 0xFF)
        {
            // A comment segment behind a JPEG's first marker.
            byte[] segment = [0xFF, 0xFE, (byte)((comment.Length + 2) >> 8), (byte)(comment.Length + 2), .. comment];
            return [.. Bytes.AsSpan(0, 2), .. segment, .. Bytes.AsSpan(2)];
        }
        // A text chunk in front of a PNG's last one, which has twelve bytes.
        var chunk = new byte[12 + comment.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, comment.Length);
        Encoding.ASCII.GetBytes("tEXt").CopyTo(chunk, 4);
        comment.CopyTo(chunk, 8);
        var crc = ~chunk.AsSpan(4, 4 + comment.Length).ToArray().Aggregate(0xFFFFFFFFu, (value, next) => Crc[(value ^ next) & 0xFF] ^ (value >> 8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + comment.Length), crc);
        return [.. Bytes.AsSpan(0, Bytes.Length - 12), .. chunk, .. Bytes.AsSpan(Bytes.Length - 12)];
    }
}
