using ImageRights.EventStore;
using Microsoft.AspNetCore.Http;

namespace ImageRights.ServiceDefaults.Http;

/// <summary>Whose data a request sees.</summary>
public static class Tenancy
{
    /// <summary>The tenant of the request; one tenant until callers are authenticated.</summary>
    public static string Tenant(this HttpContext context) => DocumentStore.DefaultTenant;
}
