using System.Diagnostics;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.Contracts.Notification.V1;
using ImageRights.Notification.Notices;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;

namespace ImageRights.Notification.Features.HearingContracts;

/// <summary>Hears every contract that integrators may want and turns each into one event and one delivery for each endpoint that takes it.</summary>
public sealed class EveryContractConsumer(NoticeIntake intake) :
    IConsumer<WorkRegistered>, IConsumer<LicenceGranted>, IConsumer<LicenceEnded>, IConsumer<SellerReported>, IConsumer<SettlementPaid>, IConsumer<SettlementWithdrawn>,
    IConsumer<ImageScreened>, IConsumer<CopyFound>, IConsumer<OwnershipConflictFound>, IConsumer<WorkSearched>,
    IConsumer<CaseOpened>, IConsumer<MeasureApplied>, IConsumer<CounterNoticeReceived>, IConsumer<MeasureLifted>, IConsumer<SettlementExecuted>, IConsumer<CaseClosed>, IConsumer<PartyMessageSent>,
    IConsumer<ProcedureStepTaken>, IConsumer<DeadlineRan>,
    IConsumer<DeliveryFailed>, IConsumer<EndpointDisabled>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<WorkRegistered> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<LicenceGranted> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<LicenceEnded> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<SellerReported> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<SettlementPaid> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<SettlementWithdrawn> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<ImageScreened> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<CopyFound> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<OwnershipConflictFound> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<WorkSearched> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<CaseOpened> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<MeasureApplied> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<CounterNoticeReceived> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<MeasureLifted> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<SettlementExecuted> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<PartyMessageSent> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<CaseClosed> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<ProcedureStepTaken> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<DeadlineRan> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<DeliveryFailed> context) => HearAsync(context);

    /// <inheritdoc />
    public Task Consume(ConsumeContext<EndpointDisabled> context) => HearAsync(context);

    private Task HearAsync<T>(ConsumeContext<T> context) where T : class
    {
        var messageId = context.MessageId ?? throw new InvalidOperationException("A message without an id cannot be consumed once.");
        return intake.TakeAsync(Notice.Of(context.Message, messageId, Activity.Current?.Id ?? context.Headers.Get<string>("traceparent"), context.LogCheckpoint(), context.Fact()));
    }
}

/// <summary>Many at once, so that there is something to write together.</summary>
public sealed class EveryContractConsumerDefinition : ConsumerDefinition<EveryContractConsumer>
{
    private const ushort AtOnce = 256;

    /// <inheritdoc />
    protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<EveryContractConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.PrefetchCount = AtOnce;
}
