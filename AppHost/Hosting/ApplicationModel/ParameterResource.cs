namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value from outside, configured as <c>Parameters:{name}</c>.</summary>
public sealed class ParameterResource : Resource, IValueProvider
{
    private readonly Lazy<string> value;

    internal ParameterResource(string name, Func<string> callback, bool secret) : base(name)
    {
        value = new Lazy<string>(callback);
        Secret = secret;
    }

    public bool Secret { get; }

    /// <summary>Reads the value; the first reader of a missing one gets an error that says how to set it.</summary>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(value.Value);
}
