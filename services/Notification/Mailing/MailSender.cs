using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using ImageRights.Notification.Letters;

namespace ImageRights.Notification.Mailing;

/// <summary>How an attempt went.</summary>
/// <param name="Reply">SMTP status, where there was one.</param>
public sealed record MailReport(MailOutcome Outcome, int? Reply);

/// <summary>Gives one mail to the mail server. Never throws for what the server does.</summary>
public sealed class MailSender(MailOptions options)
{
    /// <summary>Sends once.</summary>
    /// <param name="messageId">The same in each attempt, so that a mail server that got it twice can tell.</param>
    public async Task<MailReport> SendAsync(WrittenMail mail, string address, string messageId, CancellationToken cancellationToken)
    {
        using var message = new MailMessage(new MailAddress(options.From, options.FromName, Encoding.UTF8), new MailAddress(address))
        {
            Subject = mail.Subject, SubjectEncoding = Encoding.UTF8, HeadersEncoding = Encoding.UTF8,
        };
        message.Headers.Add("Message-ID", $"<{messageId}@{message.From!.Host}>");
        // Out-of-office answers to these help nobody (RFC 3834).
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("Content-Language", mail.Language);
        message.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(mail.Text, Encoding.UTF8, MediaTypeNames.Text.Plain));
        message.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(mail.Html, Encoding.UTF8, MediaTypeNames.Text.Html));
        using var smtp = new SmtpClient(options.Host, options.Port) { EnableSsl = options.Encrypted };
        if (options.User is not null) smtp.Credentials = new NetworkCredential(options.User, options.Password);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Timeout);
        try
        {
            await smtp.SendMailAsync(message, timeout.Token);
            return new MailReport(MailOutcome.Sent, 250);
        }
        catch (SmtpException refusal)
        {
            return (int)refusal.StatusCode switch
            {
                >= 500 and < 600 and var permanent => new MailReport(MailOutcome.Refused, permanent),
                >= 400 and < 500 and var transient => new MailReport(MailOutcome.Deferred, transient),
                _ => new MailReport(MailOutcome.Unreachable, null),
            };
        }
        catch (Exception failure) when ((failure is OperationCanceledException && !cancellationToken.IsCancellationRequested) || failure is IOException or System.Security.Authentication.AuthenticationException)
        {
            return new MailReport(MailOutcome.Unreachable, null);
        }
    }
}
