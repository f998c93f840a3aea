using ImageRights.Ingestion.Pictures;

namespace ImageRights.Ingestion.Works;

/// <summary>What decisions about a work rest on.</summary>
/// <param name="SuspensionId">The suspension under way; null when there is none.</param>
public sealed record WorkState(string WorkId, string AccountId, bool IsRegistered, bool IsWithdrawn, string? SuspensionId = null)
{
    /// <summary>Before the first event.</summary>
    public static readonly WorkState Initial = new("", "", false, false);
}

/// <summary>What a picture must be to be registered as an original.</summary>
/// <param name="MinShorterSide">Pixels of the shorter side.</param>
/// <param name="MinPdqQuality">PDQ quality, 0 to 100; below it a hash does not identify a picture.</param>
public sealed record RegistrationRules(int MinShorterSide = 320, int MinPdqQuality = 50);

/// <summary>What can be asked of a work.</summary>
public abstract record WorkCommand
{
    private WorkCommand()
    {
    }

    /// <summary>Registers an original.</summary>
    public sealed record Register(
        string WorkId, string AccountId, string Title, string Author, DateOnly? CreatedOn, string? Description,
        Picture Picture, PictureMetadata Metadata, int PdqQuality, RegistrationRules Rules, DateTimeOffset Now, WorkKind Kind = WorkKind.Original) : WorkCommand;

    /// <summary>Takes an original out of matching; its record and its bytes stay.</summary>
    public sealed record Withdraw(string By, string? Reason, DateTimeOffset Now) : WorkCommand;

    /// <summary>Takes an original out of matching for a while.</summary>
    public sealed record Suspend(string SuspensionId, string By, string Reason, DateTimeOffset Now) : WorkCommand;

    /// <summary>Ends that.</summary>
    public sealed record Resume(string By, DateTimeOffset Now) : WorkCommand;
}

/// <summary>An original's life: registered, later perhaps suspended for a while or withdrawn. Pure.</summary>
public static class Work
{
    /// <summary>Begin of a work's stream key.</summary>
    public const string StreamPrefix = "work-";

    /// <summary>Begin of the ids.</summary>
    public const string IdPrefix = "wrk_";

    /// <summary>Stream of a work.</summary>
    public static string Stream(string workId) => StreamPrefix + workId;

    /// <summary>Decides; the same command again decides nothing.</summary>
    public static Decision Decide(WorkState state, WorkCommand command) => command switch
    {
        WorkCommand.Register when state.IsRegistered => Decision.Nothing,
        WorkCommand.Register c when c.Picture.ShorterSide() < c.Rules.MinShorterSide => Decision.Refuse(
            "Reg_Resolution_Low", $"Its shorter side has {c.Picture.ShorterSide()} pixels; {c.Rules.MinShorterSide} are needed.", "/file"),
        WorkCommand.Register c when c.PdqQuality < c.Rules.MinPdqQuality => Decision.Refuse(
            "Reg_Featureless", $"Its PDQ quality is {c.PdqQuality}; {c.Rules.MinPdqQuality} is needed.", "/file"),
        WorkCommand.Register c => Decision.Accept(new WorkRegistered(
            c.WorkId, c.AccountId, c.Title, c.Author, c.CreatedOn, c.Description, c.Picture, c.Metadata, c.PdqQuality, c.Now, c.Kind)),
        _ when !state.IsRegistered => Decision.Refuse("Work_Not_Found"),
        _ when state.IsWithdrawn => Decision.Nothing,
        WorkCommand.Withdraw c => Decision.Accept(new WorkWithdrawn(state.WorkId, state.AccountId, c.By, c.Reason, c.Now)),
        WorkCommand.Suspend when state.SuspensionId is not null => Decision.Nothing,
        WorkCommand.Suspend c => Decision.Accept(new WorkSuspended(state.WorkId, state.AccountId, c.SuspensionId, c.By, c.Reason, c.Now)),
        WorkCommand.Resume when state.SuspensionId is null => Decision.Nothing,
        WorkCommand.Resume c => Decision.Accept(new WorkResumed(state.WorkId, state.AccountId, state.SuspensionId, c.By, c.Now)),
        _ => throw new InvalidOperationException($"{command.GetType().Name} has no decision."),
    };

    /// <summary>Folds a fact.</summary>
    public static WorkState Evolve(WorkState state, object fact) => fact switch
    {
        WorkRegistered e => new WorkState(e.WorkId, e.AccountId, true, false),
        WorkWithdrawn => state with { IsWithdrawn = true },
        WorkSuspended e => state with { SuspensionId = e.SuspensionId },
        WorkResumed => state with { SuspensionId = null },
        _ => state,
    };
}
