using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Letters;
using ImageRights.Notification.Mailing;
using ImageRights.Notification.Projections;
using ImageRights.TestKit;

namespace ImageRights.Notification.UnitTests;

public sealed class LetterTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero);
    private static readonly RetryPolicy Policy = new([TimeSpan.Zero, TimeSpan.FromMinutes(1)], 0, TimeSpan.FromHours(1));

    internal static readonly LetterEvent.Received Received = new(
        "msg_1", "seller-1", "Respondent", "MeasureApplied", "case_1", "ntc_1", ["Copyright_Infringement"], At.AddDays(10),
        [new LetterText("en", "Taken down", "It was taken down."), new LetterText("zh", "已下架", "图片已下架。")], true, At, At);

    private static readonly DeciderSpec<Letter, LetterCommand> Letters = new(
        Letter.Initial, Letter.Evolve, (state, command) => Letter.Decide(state, command) is var decision ? (decision.Events, decision.RejectionCode) : default);

    private static LetterCommand.RecordMail Mail(int attempt, MailOutcome outcome) => new(attempt, outcome, null, "en", At, At.AddSeconds(1), Policy, 0.5);

    private static LetterEvent.Mailed Mailed(int attempt, MailOutcome outcome, TimeSpan? next = null) => new(attempt, outcome, null, "en", At, 1000, At.AddSeconds(1) + next);

    [Fact]
    public void It_is_received_once() => Letters.Given().When(new LetterCommand.Receive(Received)).Then(Received);

    [Fact]
    public void Its_addressee_reads_it_once_and_nobody_else_does()
    {
        Letters.Given(Received).When(new LetterCommand.Open("seller-1", At)).Then(new LetterEvent.Read(At));
        Letters.Given(Received).When(new LetterCommand.Open("seller-2", At)).ThenRejected("Letter_Not_Found");
        Letters.Given().When(new LetterCommand.Open("seller-1", At)).ThenRejected("Letter_Not_Found");
    }

    [Theory]
    [InlineData(MailOutcome.Sent)]
    [InlineData(MailOutcome.Refused)]
    [InlineData(MailOutcome.NoAddress)]
    [InlineData(MailOutcome.Rationed)]
    public void What_was_sent_or_refused_for_good_is_over(MailOutcome outcome) => Letters.Given(Received).When(Mail(1, outcome)).Then(Mailed(1, outcome));

    [Theory]
    [InlineData(MailOutcome.Deferred)]
    [InlineData(MailOutcome.Unreachable)]
    public void What_may_still_succeed_is_tried_again_until_no_attempt_is_left(MailOutcome outcome)
    {
        Letters.Given(Received).When(Mail(1, outcome)).Then(Mailed(1, outcome, TimeSpan.FromMinutes(1)));
        Letters.Given(Received, Mailed(1, outcome, TimeSpan.FromMinutes(1))).When(Mail(2, outcome)).Then(Mailed(2, outcome));
    }

    [Fact]
    public void Mail_that_is_over_or_off_records_nothing_more()
    {
        Letters.Given(Received, Mailed(1, MailOutcome.Sent)).When(Mail(2, MailOutcome.Sent)).Then();
        Letters.Given(Received with { IsMailed = false }).When(Mail(1, MailOutcome.Sent)).Then();
    }

    [Fact]
    public void Every_language_of_the_templates_has_the_same_words() => MailTemplate.Languages.Order().ShouldBe(["en", "zh"]);

    [Theory]
    [InlineData("zh-CN", "zh")]
    [InlineData("en", "en")]
    [InlineData("fr", "en")]
    [InlineData(null, "en")]
    public void A_mail_is_written_in_the_language_of_its_reader(string? tag, string language) => MailTemplate.Write(View(), tag, "Ada", null).Language.ShouldBe(language);

    [Fact]
    public void What_others_wrote_cannot_become_a_header_or_markup_or_a_place_of_the_template()
    {
        var letter = View() with { Texts = [new LetterText("en", "Hello\r\nBcc: all@example.com", "<script>{footer}</script>")] };
        var mail = MailTemplate.Write(letter, "en", "Eve\r\n{body}", "https://market.example/{caseId}");
        mail.Subject.ShouldBe("Hello  Bcc: all@example.com");
        mail.Html.ShouldContain("&lt;script&gt;{footer}&lt;/script&gt;");
        mail.Html.ShouldNotContain("<script>");
        mail.Text.ShouldContain("Hello Eve  {body},");
        mail.Text.Split("You get this message").Length.ShouldBe(2);
    }

    [Fact]
    public void A_mail_says_the_deadline_the_case_and_where_to_act()
    {
        var mail = MailTemplate.Write(View(), "en", null, "https://market.example/{caseId}");
        foreach (var part in new[] { mail.Text, mail.Html })
        {
            part.ShouldContain("2026-03-11 12:00");
            part.ShouldContain("Case case_1");
            part.ShouldContain("https://market.example/case_1");
        }
        var bare = MailTemplate.Write(View() with { DueAt = null, CaseId = null }, "en", null, "https://market.example/{caseId}");
        bare.Text.ShouldNotContain("https://");
        bare.Html.ShouldNotContain("<a ");
    }

    [Fact]
    public void A_mail_of_what_is_mailed_once_a_day_says_where_the_rest_is()
    {
        MailTemplate.Write(View() with { Fact = "WorkFound" }, "en", null, null).Text.ShouldContain("Each further one is in your inbox");
        MailTemplate.Write(View() with { Fact = "WorkFound" }, "zh", null, null).Html.ShouldContain("站内信箱中,并各有单独的案件");
        MailTemplate.Write(View(), "en", null, null).Text.ShouldNotContain("once a day");
    }

    private static LetterView View() => new(
        Received.LetterId, Received.AccountId, Received.Party, Received.Fact, Received.CaseId, null, [], Received.DueAt, Received.Texts, At, null, MailState.Pending, At, [], "1");
}
