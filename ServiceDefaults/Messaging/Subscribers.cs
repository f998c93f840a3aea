using System.Collections.Concurrent;
using ImageRights.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ImageRights.ServiceDefaults.Messaging;

/// <summary>Waits for the queues that are to hear a contract: RabbitMQ confirms and drops a message that no queue is bound to.</summary>
internal sealed class Subscribers(Uri broker, bool awaitsSubscribers)
{
    private readonly ConcurrentDictionary<Type, bool> present = [];

    /// <exception cref="InvalidOperationException">A queue does not exist yet; its service has never started.</exception>
    public async Task AwaitAsync(Type contract, CancellationToken cancellationToken)
    {
        if (!awaitsSubscribers || present.ContainsKey(contract)) return;
        var factory = new ConnectionFactory { Uri = broker, ClientProvidedName = "subscriber check", RequestedConnectionTimeout = TimeSpan.FromSeconds(5) };
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
        foreach (var queue in Subscriptions.Queues[contract])
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
            }
            catch (OperationInterruptedException)
            {
                throw new InvalidOperationException($"Queue {queue} does not exist yet: {contract.Name} waits until its service has started once.");
            }
        }
        present[contract] = true;
    }
}
