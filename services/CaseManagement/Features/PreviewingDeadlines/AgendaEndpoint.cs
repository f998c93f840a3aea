using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.PreviewingDeadlines;

/// <summary>What a case's terms do next.</summary>
/// <param name="DueAt">When.</param>
/// <param name="Rule">The term.</param>
/// <param name="Step">What it is for.</param>
/// <param name="Actor">Whose it is.</param>
/// <param name="Kind">Whether it warns, has its effect or runs out then.</param>
/// <param name="WhenMissed">What follows.</param>
public sealed record NextTerm(string CaseId, DateTimeOffset DueAt, string Rule, string Step, string Actor, DueKind Kind, string WhenMissed);

/// <summary>What falls due next, over all cases.</summary>
internal static class AgendaEndpoint
{
    private const string Source =
        "(select tenant_id, id, data || jsonb_build_object('dueAt', data -> 'items' -> 0 -> 'dueAt') as data from {schema}.mt_doc_case_agenda where data ->> 'due' is not null) as due";

    // A case's agenda is of whom the case is, by the case's data.
    private const string Owned =
        $"exists (select from {{schema}}.mt_doc_case_view as v where v.tenant_id = mt_doc_case_agenda.tenant_id and v.id = mt_doc_case_agenda.id and {Belonging.CasesOf})";

    public static readonly ListShape<CaseAgenda> Shape = new ListShape<CaseAgenda>(agenda => agenda.CaseId, Source)
        // What it is told in leaves nothing out.
        .By("language", "What terms are told in; what Accept-Language prefers without it:", Languages.All, "? <> ''")
        .Sorted("due", "dueAt", agenda => agenda.Items[0].DueAt, ascending: true)
        .Owned(Owned);

    /// <summary><c>GET /v1/agenda</c>.</summary>
    public static void MapAgenda(this IEndpointRouteBuilder app) => app.MapGet("/v1/agenda", ListAsync)
        .Requires(Permission.CasesRead).HoldsToAccount().WithTags("Cases").WithName("ListAgenda").WithSummary("What the terms of all cases do next by themselves, the nearest first, in English or Chinese; one entry a case");

    private static async Task<IResult> ListAsync(HttpContext context, DocumentStore store, RegimeCatalogue catalogue)
    {
        if (!Languages.TryRead(context, out var language, out var unknown)) return context.Problem(unknown!);
        await using var session = store.LightweightSession(context.Tenant());
        var (page, rejection) = await Shape.ReadAsync(context, session);
        return page is null ? context.Problem(rejection!) : TypedResults.Ok(new Page<NextTerm>([.. page.Items.Select(agenda => Next(agenda, catalogue, language))], page.Next));
    }

    private static NextTerm Next(CaseAgenda agenda, RegimeCatalogue catalogue, string language)
    {
        var item = agenda.Items[0];
        var clock = catalogue.Packs.SelectMany(pack => pack.Clocks).First(clock => clock.Id == item.Rule);
        var texts = clock.In(language);
        return new NextTerm(agenda.CaseId, item.DueAt, item.Rule, texts.Step, item.Party ?? clock.Actor, item.Kind, texts.WhenMissed);
    }
}
