using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ImageRights.Notification.IntegrationTests;

/// <summary>A mail as it arrived: the envelope and everything after DATA.</summary>
public sealed record CaughtMail(string From, string To, string Data)
{
    /// <summary>The parts of a multipart mail, decoded, by media type.</summary>
    public string Part(string mediaType)
    {
        var boundary = Data.Split("boundary=")[1].Split('\n')[0].Trim().Trim('"');
        var part = Data.Split($"--{boundary}").Single(piece => piece.Contains($"Content-Type: {mediaType}", StringComparison.OrdinalIgnoreCase));
        var body = part[(part.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        return part.Contains("base64", StringComparison.OrdinalIgnoreCase)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(string.Concat(body.Where(letter => !char.IsWhiteSpace(letter)))))
            : QuotedPrintable(body);
    }

    private static string QuotedPrintable(string text)
    {
        var bytes = new List<byte>();
        text = text.Replace("=\r\n", "", StringComparison.Ordinal);
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '=') bytes.Add((byte)text[index]);
            else
            {
                bytes.Add(Convert.ToByte(text.Substring(index + 1, 2), 16));
                index += 2;
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }
}

/// <summary>A mail server that keeps what it is given, and answers as a test says.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentQueue<CaughtMail> caught = [];
    private readonly Task listening;

    public SmtpSink()
    {
        listener.Start();
        listening = ListenAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public IReadOnlyList<CaughtMail> Caught => [.. caught];

    /// <summary>Answers to the next recipients, one each; then 250.</summary>
    public ConcurrentQueue<string> Answers { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        await listening;
        end.Dispose();
    }

    private async Task ListenAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true) sessions.Add(TalkAsync(await listener.AcceptTcpClientAsync(end.Token)));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException)
        {
        }
        await Task.WhenAll(sessions);
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 sink");
            var (from, to) = ("", "");
            while (await reader.ReadLineAsync(end.Token) is { } line)
            {
                var word = line.Split(' ', ':')[0].ToUpperInvariant();
                if (word == "MAIL") from = Address(line);
                if (word == "RCPT")
                {
                    to = Address(line);
                    if (Answers.TryDequeue(out var answer))
                    {
                        await writer.WriteLineAsync(answer);
                        continue;
                    }
                }
                if (word == "DATA")
                {
                    await writer.WriteLineAsync("354 go on");
                    var data = new StringBuilder();
                    while (await reader.ReadLineAsync(end.Token) is { } text and not ".") data.Append(text.StartsWith("..", StringComparison.Ordinal) ? text[1..] : text).Append("\r\n");
                    caught.Enqueue(new CaughtMail(from, to, data.ToString()));
                }
                await writer.WriteLineAsync(word == "QUIT" ? "221 bye" : "250 ok");
                if (word == "QUIT") return;
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
        }
    }

    private static string Address(string line) => line.Split('<')[1].Split('>')[0];
}
