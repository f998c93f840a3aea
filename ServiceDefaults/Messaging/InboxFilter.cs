using ImageRights.EventStore;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace ImageRights.ServiceDefaults.Messaging;

/// <summary>Acknowledges a message whose effects are committed already.</summary>
internal sealed class InboxFilter<T>(ILogger<InboxFilter<T>> logger) : IFilter<ConsumeContext<T>> where T : class
{
    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        try
        {
            await next.Send(context);
        }
        catch (DuplicateMessageException)
        {
            logger.LogInformation("{Message} {MessageId} was delivered again; its effects stand", typeof(T).Name, context.MessageId);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("inbox");
}
