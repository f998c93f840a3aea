using ImageRights.ServiceDefaults.Http;
using Microsoft.AspNetCore.Http;

namespace ImageRights.Wire.Tests;

public sealed class PreferencesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(10, "wait=10")]
    [InlineData(10, "Wait = 10")]
    [InlineData(10, "wait=\"10\"")]
    [InlineData(10, "respond-async, wait=10; foo=bar")]
    [InlineData(10, "respond-async", "wait=10")]
    [InlineData(10, "wait=10, wait=20")]
    [InlineData(30, "wait=31")]
    [InlineData(30, "wait=999999999")]
    [InlineData(0, "wait=99999999999999999999")]
    [InlineData(0, "wait=-1")]
    [InlineData(0, "wait=1.5")]
    [InlineData(0, "wait=")]
    [InlineData(0, "wait=\"")]
    [InlineData(0, "wait")]
    [InlineData(0, "waits=10")]
    [InlineData(0, "")]
    [InlineData(0, ",;=,")]
    public void A_wait_is_read_and_bounded_and_what_is_not_understood_is_ignored(int seconds, params string[] lines)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers["Prefer"] = lines;
        request.PreferredWait(TimeSpan.FromSeconds(30)).ShouldBe(TimeSpan.FromSeconds(seconds));
    }
}
