namespace ImageRights.ServiceDefaults.Http.Description;

/// <summary>What a caller must know of one operation beyond its route and its request's type.</summary>
public sealed record ApiOperation
{
    /// <summary>Status of the answer when all goes well.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Type of that answer; null when it has no body.</summary>
    public Type? Answer { get; init; }

    /// <summary>Media type of that answer.</summary>
    public string MediaType { get; init; } = "application/json";

    /// <summary>Further statuses with the same answer.</summary>
    public IReadOnlyList<int> AlsoStatuses { get; init; } = [];

    /// <summary>Takes an <c>Idempotency-Key</c>.</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>Requires <c>If-Match</c>.</summary>
    public bool IsVersioned { get; init; }

    /// <summary>Answers pages: takes <c>cursor</c> and <c>limit</c>.</summary>
    public bool IsList { get; init; }

    /// <summary>Media type of a body that is not JSON.</summary>
    public string? BodyMediaType { get; init; }

    /// <summary>Fields of a form or query parameters, with their meaning; the name of a required one ends with <c>!</c>.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Fields { get; init; } = [];

    /// <summary>Request headers of its own.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Headers { get; init; } = [];

    /// <summary>Says in <c>Preference-Applied</c> which preferences it followed.</summary>
    public bool AppliesPreferences { get; init; }

    /// <summary>Codes of the service's catalogue that it refuses with.</summary>
    public IReadOnlyList<string> Codes { get; init; } = [];

    /// <summary>Reads one thing.</summary>
    public static ApiOperation Reads<T>(params string[] codes) => new() { Answer = typeof(T), Codes = codes };

    /// <summary>Reads a list page by page.</summary>
    public static ApiOperation Lists<T>(params string[] codes) => new() { Answer = typeof(Page<T>), IsList = true, Codes = codes };

    /// <summary>Reads a list page by page, by the parameters of its shape.</summary>
    public static ApiOperation Lists<T>(ListShape<T> shape, params string[] codes) where T : class => Lists<T>(codes).With([.. shape.Parameters]);

    /// <summary>Makes something that was not there.</summary>
    public static ApiOperation Creates<T>(params string[] codes) => new() { Status = 201, Answer = typeof(T), IsIdempotent = true, Codes = codes };

    /// <summary>Takes work in that goes on after the answer.</summary>
    public static ApiOperation Accepts<T>(params string[] codes) => new() { Status = 202, Answer = typeof(T), IsIdempotent = true, Codes = codes };

    /// <summary>Changes what the caller has seen.</summary>
    public static ApiOperation Changes<T>(params string[] codes) => new() { Answer = typeof(T), IsVersioned = true, Codes = codes };

    /// <summary>Ends what the caller has seen; the answer has no body.</summary>
    public static ApiOperation Ends(params string[] codes) => new() { Status = 204, IsVersioned = true, Codes = codes };

    /// <summary>Adds query parameters, or the fields of a form.</summary>
    public ApiOperation With(params (string Name, string Meaning)[] fields) => this with { Fields = [.. Fields, .. fields] };

    /// <summary>Takes multipart/form-data with the part <c>file</c>.</summary>
    public ApiOperation WithFile() => this with { BodyMediaType = "multipart/form-data", Fields = [("file!", "The picture: JPEG, PNG, WebP, GIF or AVIF, recognised by content."), .. Fields] };

    /// <summary>Takes a body of bytes.</summary>
    public ApiOperation WithBody(string mediaType) => this with { BodyMediaType = mediaType };
}

/// <summary>What a service's API says of itself.</summary>
/// <param name="Title">Name for people.</param>
/// <param name="Meaning">What it is for, in a sentence or two.</param>
/// <param name="Operations">Every operation, by the name of its endpoint.</param>
public sealed record ApiDescription(string Title, string Meaning, IReadOnlyDictionary<string, ApiOperation> Operations);
