using System.Globalization;
using System.Net.Mail;
using ImageRights.EventStore;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Licences;
using ImageRights.Ingestion.Projections;
using ImageRights.Ingestion.Sellers;
using ImageRights.Ingestion.Settlements;
using ImageRights.Ingestion.Works;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Inbound;

/// <summary>What the marketplace says of licences, accounts and settlements: fields of an event to facts in the session, or the reason why not.</summary>
internal static class MarketplaceFacts
{
    private const int LongestName = 200;
    private const int LongestEmail = 254;
    private const decimal LargestAmount = 1_000_000_000_000m;

    /// <summary>A licence was granted.</summary>
    public static async Task<(string? Subject, Rejection? Rejection)> GrantAsync(DocumentSession session, CloudEvent incoming, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var fields = new FieldReader(incoming.Field);
        var workId = fields.Identifier("workId");
        var licensee = fields.Identifier("licenseeAccountId");
        if (fields.Rejection is { } invalid) return (null, InData(invalid));
        if (!TryInstant(incoming.Field("from"), out var from)) return (null, InvalidInstant("from"));
        if (!TryInstant(incoming.Field("until"), out var until)) return (null, InvalidInstant("until"));
        var licenceId = Identity.New(Licence.IdPrefix);
        var work = Identity.Is(Work.IdPrefix, workId) ? await session.LoadAsync<WorkView>(workId, cancellationToken) : null;
        var decision = Licence.Decide(LicenceState.Initial, new LicenceCommand.Grant(licenceId, workId, work?.AccountId, work?.WithdrawnAt is not null, licensee, from ?? now, until, now));
        if (decision.Code is { } code) return (null, InData(new Rejection(code, decision.Detail, decision.Pointer)));
        session.Events.StartStream(Licence.Stream(licenceId), [.. decision.Events]);
        return (licenceId, null);
    }

    /// <summary>A licence ended.</summary>
    public static async Task<(string? Subject, Rejection? Rejection)> EndAsync(DocumentSession session, CloudEvent incoming, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var licenceId = incoming.Field("licenceId") ?? "";
        if (!Identity.Is(Licence.IdPrefix, licenceId)) return (null, new Rejection("Licence_Not_Found", Pointer: "/data/licenceId"));
        var stream = await session.Events.FetchForWriting<LicenceState>(Licence.Stream(licenceId), cancellationToken);
        var decision = Licence.Decide(stream.Aggregate, new LicenceCommand.End(now));
        if (decision.Code is { } code) return (null, new Rejection(code, decision.Detail, "/data/licenceId"));
        stream.AppendMany(decision.Events);
        return (licenceId, null);
    }

    /// <summary>An account is as the event says.</summary>
    public static async Task<(string? Subject, Rejection? Rejection)> ReportAsync(DocumentSession session, CloudEvent incoming, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var fields = new FieldReader(incoming.Field);
        var accountId = fields.Identifier("accountId");
        var name = string.IsNullOrEmpty(incoming.Field("displayName")) ? null : fields.Line("displayName", LongestName);
        if (fields.Rejection is { } invalid) return (null, InData(invalid));
        var (email, country, language, payout) = (Given("email"), Given("country"), Given("language"), Given("payoutHash"));
        if (email is not null && !IsEmail(email)) return (null, Invalid("email", "takes one address, such as name@example.com"));
        if (country is not null && !(country.Length == 2 && country.All(char.IsAsciiLetterUpper))) return (null, Invalid("country", "takes a code of ISO 3166-1 such as CN"));
        if (language is not null && !IsLanguage(language)) return (null, Invalid("language", "takes a language tag such as zh-CN"));
        if (payout is not null && !IsHash(payout)) return (null, Invalid("payoutHash", "takes 64 lower-case hexadecimal digits: a keyed hash, never the number itself"));
        if (incoming.List("deviceHashes") is not { Count: <= Seller.MostDevices } devices || !devices.All(IsHash))
            return (null, Invalid("deviceHashes", $"takes at most {Seller.MostDevices} keyed hashes of 64 lower-case hexadecimal digits"));
        if (!TryInstant(incoming.Attributes.GetValueOrDefault("time"), out var told)) return (null, new Rejection("Request_Invalid", "time takes an instant of RFC 3339.", "/time"));
        // A clock that is ahead must not make every later word look old.
        var asOf = told is { } given && given < now ? given : now;
        var stream = await session.Events.FetchForWriting<SellerState>(Seller.Stream(accountId), cancellationToken);
        var decision = Seller.Decide(stream.Aggregate, new SellerCommand.Report(
            accountId, country, language, payout, [.. devices.Distinct().Order(StringComparer.Ordinal)], email is not null, asOf, now));
        stream.AppendMany(decision.Events);
        if (decision.Events.Count > 0) session.Store(accountId, new SellerContact(accountId, name, email, language));
        return (accountId, null);

        string? Given(string field) => incoming.Field(field) is { Length: > 0 } value ? value : null;
    }

    /// <summary>A settlement was paid, or does not hold.</summary>
    public static async Task<(string? Subject, Rejection? Rejection)> SettleAsync(DocumentSession session, CloudEvent incoming, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var fields = new FieldReader(incoming.Field);
        var settlementId = fields.Identifier("settlementId");
        var caseId = fields.Identifier("caseId");
        var isPaid = incoming.Type == InboundHandler.SettlementPaidType;
        var payer = isPaid ? fields.Identifier("payerAccountId") : "";
        var payee = fields.OptionalIdentifier("payeeAccountId");
        var reason = fields.OptionalIdentifier("reasonCode");
        if (fields.Rejection is { } invalid) return (null, InData(invalid));
        if (!TryInstant(incoming.Attributes.GetValueOrDefault("time"), out var told)) return (null, new Rejection("Request_Invalid", "time takes an instant of RFC 3339.", "/time"));
        SettlementCommand command;
        if (isPaid)
        {
            if (!decimal.TryParse(incoming.Field("amount"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
                || amount is <= 0 or > LargestAmount || decimal.Round(amount, 4) != amount)
                return (null, Invalid("amount", "takes a number above 0 with at most four decimals"));
            var currency = incoming.Field("currency") ?? "";
            if (!(currency.Length == 3 && currency.All(char.IsAsciiLetterUpper))) return (null, Invalid("currency", "takes a code of ISO 4217 such as CNY"));
            command = new SettlementCommand.Pay(settlementId, caseId, payer, payee, amount, currency, told ?? now, now);
        }
        else
        {
            command = new SettlementCommand.Withdraw(settlementId, caseId, reason, told ?? now, now);
        }
        var stream = await session.Events.FetchForWriting<SettlementState>(Settlement.Stream(settlementId), cancellationToken);
        var decision = Settlement.Decide(stream.Aggregate, command);
        if (decision.Code is { } code) return (null, InData(new Rejection(code, decision.Detail, decision.Pointer)));
        stream.AppendMany(decision.Events);
        return (settlementId, null);
    }

    /// <summary>The same fault, seen from the event.</summary>
    public static Rejection InData(Rejection rejection) => rejection with { Pointer = "/data" + rejection.Pointer };

    private static Rejection Invalid(string field, string detail) => new("Request_Invalid", $"{field} {detail}.", $"/data/{field}");

    private static Rejection InvalidInstant(string field) => Invalid(field, "takes an instant of RFC 3339");

    private static bool IsHash(string text) => text.Length == 64 && text.All(letter => char.IsAsciiHexDigitLower(letter) || char.IsAsciiDigit(letter));

    private static bool IsLanguage(string text) => text.Length <= 35 && char.IsAsciiLetter(text[0]) && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');

    // The parser also takes names, comments and quoted parts; an address that comes out as it went in has none.
    private static bool IsEmail(string text) =>
        text.Length <= LongestEmail && !text.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter is '"' or '<' or '>') && MailAddress.TryCreate(text, out var address) && address.Address == text;

    private static bool TryInstant(string? text, out DateTimeOffset? instant)
    {
        instant = null;
        if (string.IsNullOrEmpty(text)) return true;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed)) return false;
        instant = parsed;
        return true;
    }
}
