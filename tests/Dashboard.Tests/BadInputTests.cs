using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using ImageRights.Dashboard.Otlp;

namespace ImageRights.Dashboard.Tests;

/// <summary>Whatever is sent to the OTLP ports ends in an answer, never in a crash or in half a batch.</summary>
public sealed class BadInputTests
{
    private const string TraceMethod = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    // resource_spans { scope_spans { span { trace_id, span_id (7 bytes instead of 8) } } }
    private static readonly byte[] WrongSpanId = Field(1, Field(2, Field(2, [.. Field(1, new byte[15], [1]), .. Field(2, new byte[6], [1])])));

    public static TheoryData<byte[], string> Malformed => new()
    {
        { [0xFF], "a tag that does not end" },
        { [0x0A, 0x7F, 1], "a length that points outside" },
        { [0x00], "field number zero" },
        { [0x0C], "an end of a group that never began" },
        { [0x08, 0x01], "a number where a message belongs" },
        { Field(1, [0x0A, 0x05, 0x01]), "a broken message inside" },
        { WrongSpanId, "a span id of seven bytes" },
        { Nested(60), "values nested sixty deep" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public async Task Malformed_bytes_are_refused_by_both_protocols(byte[] body, string what)
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        (await PostHttpAsync(dashboard, body)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, what);
        (await PostGrpcAsync(dashboard, Frame(body))).ShouldBe("3", what);
        dashboard.Store.Traces().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_batch_with_one_bad_span_is_refused_whole()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var good = Field(1, Field(2, Field(2, [.. Field(1, new byte[15], [1]), .. Field(2, new byte[7], [1])])));

        (await PostHttpAsync(dashboard, [.. good, .. WrongSpanId])).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        dashboard.Store.Traces().ShouldBeEmpty();
        (await PostHttpAsync(dashboard, good)).StatusCode.ShouldBe(HttpStatusCode.OK);
        dashboard.Store.Traces().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_compression_bomb_is_stopped_at_the_limit()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var bomb = Gzip(new byte[OtlpEndpoints.MessageLimit * 8]);
        bomb.Length.ShouldBeLessThan(OtlpEndpoints.MessageLimit / 50);

        (await PostHttpAsync(dashboard, bomb, "gzip")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await PostGrpcAsync(dashboard, Frame(bomb, compressed: true), "gzip")).ShouldBe("8");
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var huge = new byte[OtlpEndpoints.MessageLimit + 1];

        (await PostHttpAsync(dashboard, huge)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await PostGrpcAsync(dashboard, Frame(huge))).ShouldBe("8");
    }

    [Fact]
    public async Task Frames_and_encodings_that_are_not_what_they_say_are_refused()
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        (await PostGrpcAsync(dashboard, [0, 0])).ShouldBe("3");
        (await PostGrpcAsync(dashboard, [0, 0xFF, 0xFF, 0xFF, 0xFF, 1])).ShouldBe("3");
        (await PostGrpcAsync(dashboard, [7, 0, 0, 0, 0])).ShouldBe("3");
        (await PostGrpcAsync(dashboard, Frame([1, 2, 3], compressed: true), "gzip")).ShouldBe("3");
        (await PostGrpcAsync(dashboard, Frame([], compressed: true), "snappy")).ShouldBe("12");
        (await PostGrpcAsync(dashboard, Frame([]), method: "/opentelemetry.proto.collector.trace.v1.TraceService/Import")).ShouldBe("12");
        (await PostHttpAsync(dashboard, [1, 2, 3], "gzip")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await PostHttpAsync(dashboard, [], "br")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await PostHttpAsync(dashboard, "{}"u8.ToArray(), type: "application/json")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await PostHttpAsync(dashboard, [])).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostGrpcAsync(dashboard, Frame([]))).ShouldBe("0");
    }

    [Fact]
    public void Random_and_damaged_bytes_end_in_an_answer_or_in_the_two_expected_exceptions()
    {
        var random = new Random(20261121);
        var valid = Field(1, [.. Field(1, Attribute("service.name", "x")), .. Field(2, [.. Field(1, Field(1, "scope"u8.ToArray())),
            .. Field(2, [.. Field(1, new byte[15], [1]), .. Field(2, new byte[7], [1]), .. Field(5, "name"u8.ToArray()), .. Field(9, Attribute("k", "v")[2..])])])]);
        for (var round = 0; round < 20_000; round++)
        {
            byte[] bytes;
            if (round % 2 == 0)
            {
                bytes = new byte[random.Next(80)];
                random.NextBytes(bytes);
            }
            else
            {
                bytes = [.. valid];
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            foreach (var read in new Action<byte[]>[] { b => OtlpReader.ReadTraces(b), b => OtlpReader.ReadLogs(b), b => OtlpReader.ReadMetrics(b) })
            {
                try
                {
                    read(bytes);
                }
                catch (Exception error) when (error is InvalidProtocolBufferException or InvalidDataException)
                {
                }
            }
        }
    }

    [Fact]
    public async Task Summaries_are_reported_as_rejected()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var metric = Field(2, [.. Field(1, "old"u8.ToArray()), .. Field(11, [.. Field(1), .. Field(1)])]);

        using var client = new HttpClient { Timeout = RunningDashboard.Deadline };
        var response = await client.PostAsync(new Uri(dashboard.HttpUrl, "/v1/metrics"), Content(Field(1, Field(2, metric))));

        // partial_success = 1 { rejected_data_points = 1: 2, … }
        (await response.Content.ReadAsByteArrayAsync()).AsSpan(2, 2).ToArray().ShouldBe([0x08, 0x02]);
    }

    private static ByteArrayContent Content(byte[] body, string? encoding = null, string type = "application/x-protobuf")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return content;
    }

    private static async Task<HttpResponseMessage> PostHttpAsync(RunningDashboard dashboard, byte[] body, string? encoding = null, string type = "application/x-protobuf")
    {
        using var client = new HttpClient { Timeout = RunningDashboard.Deadline };
        return await client.PostAsync(new Uri(dashboard.HttpUrl, "/v1/traces"), Content(body, encoding, type));
    }

    private static async Task<string> PostGrpcAsync(RunningDashboard dashboard, byte[] body, string? encoding = null, string method = TraceMethod)
    {
        using var client = new HttpClient { Timeout = RunningDashboard.Deadline };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(dashboard.GrpcUrl, method))
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = Content(body, type: "application/grpc"),
        };
        if (encoding is not null)
            request.Headers.Add("grpc-encoding", encoding);
        var response = await client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await response.Content.ReadAsByteArrayAsync();
        return response.TrailingHeaders.GetValues("grpc-status").Single();
    }

    private static byte[] Frame(byte[] message, bool compressed = false)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static byte[] Gzip(byte[] content)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.SmallestSize))
            gzip.Write(content);
        return zipped.ToArray();
    }

    private static byte[] Field(int number, params byte[][] parts)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom([.. parts.SelectMany(part => part)]));
        }
        return buffer.ToArray();
    }

    private static byte[] Attribute(string key, string value) =>
        Field(1, [.. Field(1, System.Text.Encoding.UTF8.GetBytes(key)), .. Field(2, Field(1, System.Text.Encoding.UTF8.GetBytes(value)))]);

    // resource { attributes { value { array { values { array …
    private static byte[] Nested(int depth)
    {
        byte[] value = [];
        for (var i = 0; i < depth; i++)
            value = Field(5, Field(1, value));
        return Field(1, Field(1, Field(1, Field(2, value))));
    }
}
