using System.Collections.Concurrent;
using ImageRights.Contracts.Ingestion.V1;
using MassTransit;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>Hears everything that Ingestion publishes, on a queue of its own.</summary>
internal sealed class BusListener : IAsyncDisposable
{
    private readonly IBusControl bus;

    private BusListener(IBusControl bus) => this.bus = bus;

    /// <summary>Message ids with their contracts, in order of arrival.</summary>
    public ConcurrentQueue<(Guid MessageId, object Contract)> Heard { get; } = [];

    public static async Task<BusListener> StartAsync(string messaging, params string[] queues)
    {
        BusListener? listener = null;
        var bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(new Uri(messaging));
            foreach (var queue in queues.Length == 0 ? ["test-listener"] : queues)
            {
                rabbit.ReceiveEndpoint(queue, endpoint =>
                {
                    endpoint.Handler<ImageReceived>(Hear);
                    endpoint.Handler<ImageWithdrawn>(Hear);
                    endpoint.Handler<WorkRegistered>(Hear);
                    endpoint.Handler<WorkWithdrawn>(Hear);
                    endpoint.Handler<WorkSuspended>(Hear);
                    endpoint.Handler<WorkResumed>(Hear);
                    endpoint.Handler<LicenceGranted>(Hear);
                    endpoint.Handler<LicenceEnded>(Hear);
                    endpoint.Handler<SellerReported>(Hear);
                    endpoint.Handler<SellerContactErased>(Hear);
                    endpoint.Handler<SettlementPaid>(Hear);
                    endpoint.Handler<SettlementWithdrawn>(Hear);
                });
            }
        });
        listener = new BusListener(bus);
        await bus.StartAsync(TimeSpan.FromSeconds(30));
        return listener;

        Task Hear<T>(ConsumeContext<T> context) where T : class
        {
            listener!.Heard.Enqueue((context.MessageId!.Value, context.Message));
            return Task.CompletedTask;
        }
    }

    /// <summary>Waits for a contract.</summary>
    public Task<(Guid MessageId, T Contract)> HearAsync<T>(Func<T, bool> which) where T : class => GetAsync(which);

    private async Task<(Guid, T)> GetAsync<T>(Func<T, bool> which) where T : class
    {
        var found = await Eventually.GetAsync(
            () => Task.FromResult(Heard.Where(message => message.Contract is T contract && which(contract)).Select(message => ((Guid, object)?)message).FirstOrDefault() as object),
            what: $"A {typeof(T).Name}");
        var (id, contract) = ((Guid, object))found;
        return (id, (T)contract);
    }

    public async ValueTask DisposeAsync() => await bus.StopAsync(TimeSpan.FromSeconds(10));
}
