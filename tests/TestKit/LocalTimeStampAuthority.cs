using System.Diagnostics;
using System.Net;

namespace ImageRights.TestKit;

/// <summary>An RFC 3161 authority on this machine: <c>openssl ts</c> behind HTTP, under a root certificate made for it.</summary>
public sealed class LocalTimeStampAuthority : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("imagerights-tsa-");
    private readonly HttpListener listener = new();
    private readonly Task serving;
    private readonly SemaphoreSlim one = new(1);
    private int asked;

    /// <summary>Makes the certificates and listens.</summary>
    public LocalTimeStampAuthority()
    {
        Run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "30", "-subj", "/CN=Test root");
        Run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Test time stamps");
        Write("tsa.ext", "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n");
        Run("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30", "-extfile", "tsa.ext", "-out", "tsa.pem");
        Write("serial", "01\n");
        Write("tsa.cnf", "[tsa]\ndefault_tsa=one\n[one]\nserial=serial\ncrypto_device=builtin\nsigner_cert=tsa.pem\ncerts=tsa.pem\nsigner_key=tsa.key\nsigner_digest=sha256\ndefault_policy=1.3.6.1.4.1.99999.1\ndigests=sha256\naccuracy=secs:1\nordering=yes\nless_cert_chain=no\ness_cert_id_alg=sha256\n");
        Address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    /// <summary>Where it takes queries.</summary>
    public Uri Address { get; }

    /// <summary>File of the certificate to trust.</summary>
    public string Root => Path.Combine(directory.FullName, "root.pem");

    /// <summary>Queries so far.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>Whether it answers; otherwise it is out of order.</summary>
    public bool Answers { get; set; } = true;

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            Interlocked.Increment(ref asked);
            await one.WaitAsync();
            try
            {
                await AnswerAsync(context);
            }
            finally
            {
                one.Release();
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var response = context.Response;
        if (!Answers || context.Request.ContentType != "application/timestamp-query")
        {
            response.StatusCode = 503;
            return;
        }
        await using (var query = File.Create(Path.Combine(directory.FullName, "query.tsq"))) await context.Request.InputStream.CopyToAsync(query);
        Run("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "answer.tsr");
        response.ContentType = "application/timestamp-reply";
        await response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(Path.Combine(directory.FullName, "answer.tsr")));
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(directory.FullName, name), text);

    private void Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { WorkingDirectory = directory.FullName, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"openssl {arguments[0]}: {errors}");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        listener.Close();
        serving.Wait(TimeSpan.FromSeconds(10));
        one.Dispose();
        directory.Delete(recursive: true);
    }
}
