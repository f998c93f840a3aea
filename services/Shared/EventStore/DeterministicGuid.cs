using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ImageRights.EventStore;

/// <summary>Name-based UUIDs, version 5 (RFC 9562, 5.5): the same cause always has the same effect id.</summary>
public static class DeterministicGuid
{
    /// <summary>UUIDv5 of a name in a namespace.</summary>
    public static Guid Create(Guid space, string name)
    {
        Span<byte> input = stackalloc byte[16 + Encoding.UTF8.GetMaxByteCount(Math.Min(name.Length, 200))];
        if (name.Length > 200) throw new ArgumentException("Names of 200 characters at most.", nameof(name));
        space.TryWriteBytes(input, bigEndian: true, out _);
        var length = 16 + Encoding.UTF8.GetBytes(name, input[16..]);
        Span<byte> hash = stackalloc byte[20];
        // SHA-1 is what RFC 9562 prescribes for version 5; nothing secret rests on it.
        SHA1.HashData(input[..length], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
