using ImageRights.Fingerprint.Layout;

namespace ImageRights.Fingerprint.UnitTests;

/// <summary>Many pixels at once are reduced as one after the other, to the last bit: fingerprints of one picture are the same on every processor.</summary>
public class GreyPictureTests
{
    [Fact]
    public void A_picture_is_reduced_as_a_plain_loop_reduces_it()
    {
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var (width, height) = (1 + random.Next(200), 1 + random.Next(40));
            // Neighbouring levels of a pyramid, halves, pictures that hardly change and such as become tiny.
            var ratio = random.Next(5) switch { 0 => 1.2, 1 => 2, 2 => 1, 3 => 1 + random.NextDouble(), _ => 1 + 20 * random.NextDouble() };
            var (newWidth, newHeight) = (Math.Max(1, (int)Math.Round(width / ratio)), Math.Max(1, (int)Math.Round(height / ratio)));
            var levels = new byte[width * height];
            random.NextBytes(levels);
            if (round % 10 == 0) Array.Fill(levels, byte.MaxValue);

            var reduced = GreyPicture.Resize(width, height, levels, newWidth, newHeight);

            (reduced.Width, reduced.Height).ShouldBe((newWidth, newHeight));
            reduced.Levels.ShouldBe(Plain(width, height, levels, newWidth, newHeight), $"{width} x {height} to {newWidth} x {newHeight}, round {round}");
        }
    }

    private static byte[] Plain(int width, int height, byte[] levels, int newWidth, int newHeight)
    {
        var (stepX, stepY) = ((double)width / newWidth, (double)height / newHeight);
        var area = (float)(1 / (stepX * stepY));
        var reduced = new byte[newWidth * newHeight];
        for (var y = 0; y < newHeight; y++)
        {
            var (top, bottom) = (y * stepY, Math.Min((y + 1) * stepY, height));
            var sums = new float[width];
            for (var row = (int)top; row < bottom; row++)
            {
                for (var x = 0; x < width; x++) sums[x] += (float)(Math.Min(row + 1, bottom) - Math.Max(row, top)) * levels[row * width + x];
            }
            for (var x = 0; x < newWidth; x++)
            {
                var (left, right) = (x * stepX, Math.Min((x + 1) * stepX, width));
                var (first, last) = ((int)left, Math.Min((int)Math.Ceiling(right) - 1, width - 1));
                var sum = (float)(Math.Min(first + 1, right) - left) * sums[first] + (first == last ? 0 : (float)(right - last)) * sums[last];
                for (var column = first + 1; column < last; column++) sum += sums[column];
                reduced[y * newWidth + x] = (byte)Math.Clamp((int)(sum * area + 0.5f), 0, 255);
            }
        }
        return reduced;
    }
}
