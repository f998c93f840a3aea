using ImageRights.EventStore;
using ImageRights.Notification.Letters;
using ImageRights.Notification.Projections;
using Npgsql;

namespace ImageRights.Notification.Mailing;

/// <summary>Mails what is due. One replica at a time does, by a lock that ends with its connection: a mail server cannot tell a second mail from a second attempt.</summary>
public sealed class MailDispatcher(DocumentStore store, ContactClient contacts, MailSender sender, MailOptions options, TimeProvider clock, ILogger<MailDispatcher> logger) : BackgroundService
{
    private const int Most = 50;
    private const int AtOnce = 4;

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.IsOn) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // Apart from the pool, whose sessions are not reset between uses: the lock must end with this connection.
                await using var leadership = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(store.Options.ConnectionString) { Pooling = false }.ConnectionString);
                await leadership.OpenAsync(stoppingToken);
                while (await LeadsAsync(leadership, stoppingToken))
                {
                    if (await SendDueAsync(stoppingToken) == 0) await Task.Delay(options.Poll, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Mail is rows: whatever fails here is said and tried again.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                logger.LogError(failure, "Due mail cannot be sent");
            }
            await Task.Delay(PauseAfterFault, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Asked before each round: it also finds out that the connection, and the lock with it, is gone. Held more than once it is let go at the end all the same, with the session.
    private async Task<bool> LeadsAsync(NpgsqlConnection leadership, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", leadership);
        command.Parameters.Add(new() { Value = $"{store.Options.DatabaseSchemaName}.notification.mail" });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        var due = new List<(string TenantId, string AccountId, string LetterId)>();
        await using (var command = store.AcrossTenants.CreateCommand(
            $"""
            select tenant_id, data ->> 'accountId', id from {store.Options.DatabaseSchemaName}.mt_doc_letter_view
            where data ->> 'nextMailAt' is not null and (data ->> 'nextMailAt')::timestamptz <= $1 order by data ->> 'nextMailAt' limit {Most}
            """))
        {
            command.Parameters.Add(new() { Value = clock.GetUtcNow() });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) due.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }
        // One account's letters go one after another: whether it was mailed already is asked before each.
        var accounts = due.GroupBy(letter => (letter.TenantId, letter.AccountId));
        await Parallel.ForEachAsync(accounts, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (letters, token) =>
        {
            foreach (var letter in letters) await SendAsync(letter.TenantId, letter.LetterId, token);
        });
        return due.Count;
    }

    private async Task SendAsync(string tenantId, string letterId, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(tenantId);
        if (await session.LoadAsync<LetterView>(letterId, cancellationToken) is not { Mail: MailState.Pending } letter) return;
        var startedAt = clock.GetUtcNow();
        var (report, language) = await WasMailedAsync(session, letter, startedAt, cancellationToken)
            ? (new MailReport(MailOutcome.Rationed, null), null) : await TryAsync(tenantId, letter, cancellationToken);
        // What was sent is recorded, whoever stops meanwhile; and a letter that is opened at this moment moves the stream.
        for (var attempt = 1; ; attempt++)
        {
            await using var recording = store.LightweightSession(tenantId);
            var stream = await recording.Events.FetchForWriting<Letter>(Letter.StreamOf(letterId), CancellationToken.None);
            stream.AppendMany(Letter.Decide(stream.Aggregate, new LetterCommand.RecordMail(
                letter.MailAttempts.Count + 1, report.Outcome, report.Reply, language, startedAt, clock.GetUtcNow(), options.Retry, Random.Shared.NextDouble())).Events);
            try
            {
                await recording.SaveChangesAsync(CancellationToken.None);
                break;
            }
            catch (ConcurrencyException) when (attempt < 5)
            {
            }
        }
        if (report.Outcome is not (MailOutcome.Sent or MailOutcome.Rationed)) logger.LogWarning("Letter {LetterId} was not mailed: {Outcome} {Reply}", letterId, report.Outcome, report.Reply);
    }

    private static async Task<bool> WasMailedAsync(DocumentSession session, LetterView letter, DateTimeOffset now, CancellationToken cancellationToken) =>
        Letter.IsRationed(letter.Fact) && (await session.QueryAsync<LetterView>(
            "where data ->> 'accountId' = ? and data ->> 'fact' = ? and data ->> 'mail' = 'Sent' and (data -> 'mailAttempts' -> -1 ->> 'startedAt')::timestamptz > ? limit 1",
            [letter.AccountId, letter.Fact, now - Letter.Ration], cancellationToken)).Count > 0;

    private async Task<(MailReport Report, string? Language)> TryAsync(string tenantId, LetterView letter, CancellationToken cancellationToken)
    {
        try
        {
            var contact = await contacts.FindAsync(tenantId, letter.AccountId, cancellationToken);
            if (contact?.Email is not { } address) return (new MailReport(MailOutcome.NoAddress, null), null);
            var mail = MailTemplate.Write(letter, contact.Language, contact.DisplayName, options.CaseUrl);
            return (await sender.SendAsync(mail, address, letter.LetterId, cancellationToken), mail.Language);
        }
        catch (Exception failure) when (failure is HttpRequestException or System.Text.Json.JsonException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (new MailReport(MailOutcome.Unreachable, null), null);
        }
    }
}
