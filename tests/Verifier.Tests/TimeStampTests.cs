using System.Security.Cryptography.X509Certificates;
using System.Text;
using ImageRights.EventStore;
using ImageRights.EventStore.Transparency;
using ImageRights.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ImageRights.Verifier.Tests;

public sealed class TimeStampTests
{
    [Fact]
    public async Task The_latest_checkpoint_gets_a_token_that_anybody_can_check()
    {
        using var authority = new LocalTimeStampAuthority();
        using var host = await StartAsync(authority.Address.ToString());
        var stamps = host.Services.GetRequiredService<TimeStamps>();
        var kept = await Eventually.GetAsync(() => stamps.LatestAsync(CancellationToken.None));

        var roots = new X509Certificate2Collection(X509CertificateLoader.LoadCertificateFromFile(authority.Root));
        var stamped = TimeStampToken.Verify(kept.Token, kept.Checkpoint, roots);
        (stamped.Authority, stamped.IsTrusted).ShouldBe(("CN=Test time stamps", true));
        stamped.At.ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        TimeStampToken.Verify(kept.Token, kept.Checkpoint, []).IsTrusted.ShouldBeFalse();

        // Not over another checkpoint, not with a byte changed, not under another root.
        Should.Throw<FormatException>(() => TimeStampToken.Verify(kept.Token, kept.Checkpoint + " ", roots)).Message.ShouldContain("not over this checkpoint");
        for (var place = 0; place < kept.Token.Length; place += 7)
        {
            var changed = (byte[])kept.Token.Clone();
            changed[place] ^= 1;
            try
            {
                // Bytes that nothing is signed over (another certificate beside the signer's, say) change nothing of what it says.
                TimeStampToken.Verify(changed, kept.Checkpoint, roots).At.ShouldBe(stamped.At);
            }
            catch (FormatException)
            {
            }
        }
        using var other = new LocalTimeStampAuthority();
        Should.Throw<FormatException>(() => TimeStampToken.Verify(kept.Token, kept.Checkpoint, [X509CertificateLoader.LoadCertificateFromFile(other.Root)])).Message.ShouldContain("does not lead to one that is trusted");
        (await stamps.OfAsync(kept.Checkpoint, CancellationToken.None)).ShouldBe(kept.Token, "one that is kept is not asked for again");
    }

    [Fact]
    public async Task An_authority_that_does_not_answer_is_asked_again_and_holds_nothing_up()
    {
        using var authority = new LocalTimeStampAuthority { Answers = false };
        using var host = await StartAsync(authority.Address.ToString());
        var (stamps, log) = (host.Services.GetRequiredService<TimeStamps>(), host.Services.GetRequiredService<TransparencyLog>());
        await Eventually.HoldsAsync(() =>
        {
            authority.Asked.ShouldBeGreaterThan(1);
            return Task.CompletedTask;
        });
        var note = (await log.LatestCheckpointAsync(CancellationToken.None))!;
        (await Should.ThrowAsync<TimeStampException>(() => stamps.OfAsync(note, CancellationToken.None))).Message.ShouldContain("503");
        authority.Answers = true;
        (await Eventually.GetAsync(() => stamps.LatestAsync(CancellationToken.None))).Checkpoint.ShouldBe(note);
    }

    [Fact]
    public async Task Without_an_authority_nobody_is_asked()
    {
        using var host = await StartAsync(null);
        var stamps = host.Services.GetRequiredService<TimeStamps>();
        stamps.IsAsked.ShouldBeFalse();
        var note = (await host.Services.GetRequiredService<TransparencyLog>().LatestCheckpointAsync(CancellationToken.None))!;
        (await stamps.OfAsync(note, CancellationToken.None)).ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => new StoreOptions().AskForTimeStamps("nonsense"));
    }

    private static async Task<IHost> StartAsync(string? address)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var database = await TestServers.CreateDatabaseAsync();
        builder.Services.AddEventStore(options =>
        {
            options.ConnectionString = database;
            options.Events.Map<Noted>("noted_v1");
            options.KeepTransparencyLog(Convert.ToBase64String(new byte[32]));
            options.AskForTimeStamps(address, TimeSpan.FromMilliseconds(200));
        });
        var host = builder.Build();
        await host.StartAsync();
        await using var session = host.Services.GetRequiredService<DocumentStore>().LightweightSession();
        session.Events.Append("note-1", new Noted("one", 1, []));
        await session.SaveChangesAsync();
        await Eventually.HoldsAsync(async () => (await host.Services.GetRequiredService<TransparencyLog>().LatestCheckpointAsync(CancellationToken.None)).ShouldNotBeNull());
        return host;
    }
}
