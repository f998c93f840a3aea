using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.EventStore;
using ImageRights.TestKit;
using Microsoft.AspNetCore.Http;

namespace ImageRights.Notification.IntegrationTests;

/// <summary>Messages for parties: inbox and mail.</summary>
public sealed class LettersTests : IAsyncLifetime
{
    private readonly SmtpSink sink = new();
    private RunningService service = null!;

    public async Task InitializeAsync()
    {
        service = await RunningService.StartAsync(
            "Mail:Host=127.0.0.1", $"Mail:Port={sink.Port}", "Mail:Encrypted=false", "Mail:From=desk@market.example", "Mail:FromName=Market 图片权利", "Mail:Poll=00:00:00.05",
            "Mail:CaseUrl=https://market.example/cases/{caseId}", "Mail:Schedule:0=00:00:00", "Mail:Schedule:1=00:00:00.1", "Mail:Schedule:2=00:00:00.1");
        Knows("seller-1", new { displayName = "Ada Example", email = "ada@example.com", language = "zh-CN" });
        Knows("seller-2", new { displayName = "Grace <b>", email = "grace@example.com", language = "fr" });
        service.Receiver.AnswerStatus("/internal/v1/sellers/nobody/contact", 404);
    }

    public async Task DisposeAsync()
    {
        await service.DisposeAsync();
        await sink.DisposeAsync();
    }

    [Fact]
    public async Task A_party_is_mailed_in_its_language_as_text_and_as_HTML_and_finds_the_message_in_its_inbox()
    {
        await service.PublishAsync(Message("m1", "seller-1"), Guid.NewGuid());
        var mail = await MailAsync(1);
        (mail.From, mail.To).ShouldBe(("desk@market.example", "ada@example.com"));
        mail.Data.ShouldContain("Message-ID: <m1@market.example>");
        mail.Data.ShouldContain("Auto-Submitted: auto-generated");
        mail.Part("text/plain").ShouldContain("Ada Example,您好");
        mail.Part("text/plain").ShouldContain("您的图片 <img_1> 已被下架。");
        mail.Part("text/plain").ShouldContain("2026-06-01 12:00");
        mail.Part("text/plain").ShouldContain("https://market.example/cases/case_1");
        mail.Part("text/html").ShouldContain("您的图片 &lt;img_1&gt; 已被下架。");
        mail.Part("text/html").ShouldContain("<html lang=\"zh\">");

        var item = (await InboxAsync("seller-1")).ShouldHaveSingleItem();
        (item["status"]!.GetValue<string>(), item["language"]!.GetValue<string>(), item["party"]!.GetValue<string>()).ShouldBe(("unread", "en", "Respondent"));
        await Eventually.HoldsAsync(async () => (await InboxAsync("seller-1")).Single()["mail"]!.GetValue<string>().ShouldBe("Sent"));
        var course = (await service.GetAsync<JsonNode>("/v1/mails?status=sent"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        course["attempts"]!.AsArray().Single()!["reply"]!.GetValue<int>().ShouldBe(250);
        course.ToJsonString().ShouldNotContain("ada@example.com");
        (await service.QueryAsync<long>("select count(*) from mt_events where data::text like '%ada@example%'")).ShouldBe(0L, "no fact holds an address");
    }

    [Fact]
    public async Task A_language_that_nobody_writes_falls_back_and_what_others_wrote_is_encoded()
    {
        await service.PublishAsync(Message("m1", "seller-2"), Guid.NewGuid());
        var mail = await MailAsync(1);
        mail.Part("text/plain").ShouldContain("Hello Grace <b>,");
        mail.Part("text/html").ShouldContain("Hello Grace &lt;b&gt;,");
        mail.Part("text/html").ShouldNotContain("<img_1>");
    }

    [Fact]
    public async Task The_same_message_twice_is_one_letter_and_one_mail()
    {
        var id = Guid.NewGuid();
        await service.PublishAsync(Message("m1", "seller-1"), id);
        await service.PublishAsync(Message("m1", "seller-1"), id);
        await service.PublishAsync(Message("m1", "seller-1"), Guid.NewGuid());
        await service.PublishAsync(Message("m2", "seller-1"), Guid.NewGuid());
        await MailAsync(2);
        sink.Caught.Count.ShouldBe(2);
        (await InboxAsync("seller-1")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_mail_server_that_is_busy_is_asked_again_and_one_that_refuses_for_good_is_not()
    {
        sink.Answers.Enqueue("451 later");
        await service.PublishAsync(Message("m1", "seller-1"), Guid.NewGuid());
        await MailAsync(1);
        await AttemptsAsync("m1", "Sent", ["Deferred", "Sent"]);

        sink.Answers.Enqueue("550 no such user");
        await service.PublishAsync(Message("m2", "seller-1"), Guid.NewGuid());
        await AttemptsAsync("m2", "Failed", ["Refused"]);
        sink.Caught.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Who_has_no_address_is_reached_by_the_inbox_only_and_who_has_no_account_not_at_all()
    {
        await service.PublishAsync(Message("m1", "nobody"), Guid.NewGuid());
        await AttemptsAsync("m1", "Failed", ["NoAddress"]);
        (await InboxAsync("nobody")).Count.ShouldBe(1);
        await service.PublishAsync(Message("m2", null), Guid.NewGuid());
        await service.PublishAsync(Message("m3", "seller-1"), Guid.NewGuid());
        await MailAsync(1);
        (await service.QueryAsync<long>("select count(*) from mt_doc_letter_view")).ShouldBe(2L);
    }

    [Fact]
    public async Task When_the_addresses_are_out_of_reach_it_is_tried_again()
    {
        service.Receiver.AnswerStatus("/internal/v1/sellers/seller-3/contact", 503, 404);
        await service.PublishAsync(Message("m1", "seller-3"), Guid.NewGuid());
        await AttemptsAsync("m1", "Failed", ["Unreachable", "NoAddress"]);
    }

    [Fact]
    public async Task The_inbox_shows_what_is_unread_first_and_marks_what_its_owner_read()
    {
        for (var number = 1; number <= 3; number++) await service.PublishAsync(Message($"m{number}", "seller-1") with { SentAt = DateTimeOffset.UnixEpoch.AddDays(number) }, Guid.NewGuid());
        await Eventually.HoldsAsync(async () => (await InboxAsync("seller-1")).Count.ShouldBe(3));
        (await OpenAsync("m3", "seller-2")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await OpenAsync("m3", "")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await OpenAsync("m9", "seller-1")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await OpenAsync("m3", "seller-1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await OpenAsync("m3", "seller-1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await InboxAsync("seller-1")).Select(item => item["letterId"]!.GetValue<string>()).ShouldBe(["m2", "m1", "m3"]);
        (await InboxAsync("seller-1", "&status=unread")).Count.ShouldBe(2);
        (await InboxAsync("seller-2")).ShouldBeEmpty();
        (await service.Http.GetAsync("/v1/inbox")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await service.QueryAsync<long>("select count(*) from mt_events where type = 'letter_read_v1'")).ShouldBe(1L);
    }

    [Fact]
    public async Task An_author_of_whom_many_copies_are_found_is_mailed_of_the_first_and_finds_all_in_its_inbox()
    {
        const int Findings = 400;
        // While the mail before them is on its way, all of them come in, so that none is first by itself.
        var (asked, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        service.Receiver.Answer("/internal/v1/sellers/slow/contact", async (context, _) =>
        {
            asked.TrySetResult();
            await release.Task.WaitAsync(TimeSpan.FromSeconds(30));
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        });
        await service.PublishAsync(Message("slow", "slow"), Guid.NewGuid());
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await Task.WhenAll(Enumerable.Range(0, Findings).Select(number => service.PublishAsync(Found($"f{number}", "seller-1"), Guid.NewGuid())));
        await Eventually.HoldsAsync(async () => (await service.QueryAsync<long>("select count(*) from mt_doc_letter_view")).ShouldBe(Findings + 1));
        release.SetResult();
        await RationedAsync(Findings - 1);
        sink.Caught.ShouldHaveSingleItem().Part("text/plain").ShouldContain("站内信箱中");
        (await service.QueryAsync<long>("select count(*) from mt_doc_letter_view where data ->> 'accountId' = 'seller-1' and data ->> 'readAt' is null")).ShouldBe(Findings);

        // Whatever else happened, and whoever else it concerns, is mailed as ever.
        await service.PublishAsync(Message("m1", "seller-1"), Guid.NewGuid());
        await MailAsync(2);
        await service.PublishAsync(Found("other", "seller-2"), Guid.NewGuid());
        await MailAsync(3);

        // When the mail is a day old, the next finding is mailed again.
        (await service.QueryAsync<long>(
            """
            with aged as (update mt_doc_letter_view set data = jsonb_set(data, '{mailAttempts,0,startedAt}', to_jsonb(now() - interval '25 hours'))
              where data ->> 'fact' = 'WorkFound' and data ->> 'mail' = 'Sent' and data ->> 'accountId' = 'seller-1' returning 1) select count(*) from aged
            """)).ShouldBe(1L);
        await service.PublishAsync(Found("next-day", "seller-1"), Guid.NewGuid());
        await MailAsync(4);
        await service.PublishAsync(Found("next-day-again", "seller-1"), Guid.NewGuid());
        await RationedAsync(Findings);
        sink.Caught.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_mail_that_did_not_go_out_uses_no_ration_up()
    {
        sink.Answers.Enqueue("550 mailbox full");
        await service.PublishAsync(Found("f1", "seller-1"), Guid.NewGuid());
        await AttemptsAsync("f1", "Failed", ["Refused"]);
        await service.PublishAsync(Found("f2", "seller-1"), Guid.NewGuid());
        await AttemptsAsync("f2", "Sent", ["Sent"]);
        await service.PublishAsync(Found("f3", "seller-1"), Guid.NewGuid());
        await AttemptsAsync("f3", "Off", ["Rationed"]);
    }

    private static PartyMessageSent Found(string id, string account) => Message(id, account) with { Fact = "WorkFound", Party = "Complainant", DueAt = null };

    private Task RationedAsync(int count) => Eventually.HoldsAsync(async () => (await service.QueryAsync<long>("select count(*) from mt_doc_letter_view where data ->> 'mail' = 'Off'")).ShouldBe(count));

    private static PartyMessageSent Message(string id, string? account) => new(
        DocumentStore.DefaultTenant, id, "MeasureApplied", "Respondent", account, "case_1", null, ["Copyright_Infringement"], new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero),
        [
            new PartyMessageText("en", "Your picture was taken down", "Your picture <img_1> was taken down.\n\nYou can object."),
            new PartyMessageText("zh", "您的图片已被下架", "您的图片 <img_1> 已被下架。\n\n您可以提出异议。"),
        ],
        DateTimeOffset.UtcNow);

    private void Knows(string account, object contact) =>
        service.Receiver.Answer($"/internal/v1/sellers/{account}/contact", (context, _) => context.Response.WriteAsJsonAsync(contact));

    private Task<CaughtMail> MailAsync(int number) => Eventually.GetAsync(() => Task.FromResult(sink.Caught.Count >= number ? sink.Caught[number - 1] : null), what: $"Mail {number}");

    private async Task<IReadOnlyList<JsonNode>> InboxAsync(string account, string query = "") =>
        [.. (await service.GetAsync<JsonNode>($"/v1/inbox?accountId={account}{query}"))["items"]!.AsArray().Select(item => item!)];

    private Task<HttpResponseMessage> OpenAsync(string letter, string account) => service.Http.PostAsync($"/v1/inbox/{letter}/reads?accountId={account}", null);

    private Task AttemptsAsync(string letter, string state, string[] outcomes) => Eventually.HoldsAsync(async () =>
    {
        var mail = (await service.GetAsync<JsonNode>("/v1/mails"))["items"]!.AsArray().Single(item => item!["letterId"]!.GetValue<string>() == letter)!;
        mail["status"]!.GetValue<string>().ShouldBe(state);
        mail["attempts"]!.AsArray().Select(attempt => attempt!["outcome"]!.GetValue<string>()).ShouldBe(outcomes);
    });
}
