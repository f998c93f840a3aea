using System.Buffers.Binary;

namespace ImageRights.Fingerprint.UnitTests.Samples;

internal static class Exif
{
    /// <summary>A TIFF directory with the Orientation tag and nothing else.</summary>
    internal static byte[] Tiff(int orientation, bool little)
    {
        var tiff = new byte[26];
        (little ? "II*\0"u8 : "MM\0*"u8).CopyTo(tiff);
        Write32(4, 8);
        Write16(8, 1);
        Write16(10, 0x0112);
        Write16(12, 3);
        Write32(14, 1);
        Write16(18, (ushort)orientation);
        return tiff;

        void Write16(int at, ushort value)
        {
            if (little)
                BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(at), value);
            else
                BinaryPrimitives.WriteUInt16BigEndian(tiff.AsSpan(at), value);
        }

        void Write32(int at, uint value)
        {
            if (little)
                BinaryPrimitives.WriteUInt32LittleEndian(tiff.AsSpan(at), value);
            else
                BinaryPrimitives.WriteUInt32BigEndian(tiff.AsSpan(at), value);
        }
    }

    /// <summary>The JPEG with an Exif segment right after its first marker.</summary>
    internal static byte[] InJpeg(byte[] jpeg, int orientation, bool little)
    {
        byte[] content = [.. "Exif\0\0"u8, .. Tiff(orientation, little)];
        return [0xFF, 0xD8, 0xFF, 0xE1, 0, (byte)(content.Length + 2), .. content, .. jpeg[2..]];
    }
}
