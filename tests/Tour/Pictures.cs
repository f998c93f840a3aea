using System.Diagnostics;

namespace ImageRights.Tour;

/// <summary>One upload of the tour.</summary>
/// <param name="Edit">What was done to the photograph.</param>
/// <param name="Original">Name of the photograph it was made from.</param>
/// <param name="IsCopy">Whether it shows a registered work.</param>
internal sealed record Sample(string Edit, string Original, byte[] Bytes, bool IsCopy);

/// <summary>Real photographs from Debian's mate-backgrounds, edited with libjpeg-turbo's own tools as a thief would.</summary>
internal static class Pictures
{
    private const string Folder = "/usr/share/backgrounds/mate/nature";

    public static IReadOnlyList<(string Name, byte[] Bytes)> Photographs()
    {
        if (!Directory.Exists(Folder)) throw new TourException($"{Folder} does not exist. ./run.sh tour installs the photographs (apt package mate-backgrounds).");
        return [.. Directory.GetFiles(Folder, "*.jpg").Order(StringComparer.Ordinal).Select(file => (Path.GetFileNameWithoutExtension(file), File.ReadAllBytes(file)))];
    }

    public static IEnumerable<Sample> Edits(string name, byte[] photograph)
    {
        yield return new Sample("untouched", name, photograph, true);
        var pixels = Run("djpeg", photograph);
        yield return new Sample("saved again, quality 40", name, Run("cjpeg", pixels, "-quality", "40"), true);
        yield return new Sample("half the size", name, Run("cjpeg", Run("djpeg", photograph, "-scale", "1/2"), "-quality", "85"), true);
        yield return new Sample("mirrored", name, Run("jpegtran", photograph, "-flip", "horizontal", "-trim"), true);
        yield return new Sample("turned by 90 degrees", name, Run("jpegtran", photograph, "-rotate", "90", "-trim"), true);
        var (width, height) = SizeOf(pixels);
        yield return new Sample("cropped to 60 %", name, Run("jpegtran", photograph, "-crop", $"{width * 77 / 100}x{height * 77 / 100}+{width / 8}+{height / 8}"), true);
    }

    // "P6\n{width} {height}\n255\n…"
    private static (int Width, int Height) SizeOf(byte[] ppm)
    {
        var fields = System.Text.Encoding.ASCII.GetString(ppm, 0, Math.Min(ppm.Length, 64)).Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries);
        return (int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture), int.Parse(fields[2], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static byte[] Run(string tool, byte[] input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new TourException($"{tool} did not start; install the apt package libjpeg-turbo-progs.");
        var writing = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        writing.Wait();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.ToArray() : throw new TourException($"{tool} failed with exit code {process.ExitCode}.");
    }
}

/// <summary>The tour cannot go on; the message says what to do.</summary>
internal sealed class TourException(string message) : Exception(message);
