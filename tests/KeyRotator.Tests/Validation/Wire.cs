using System.Text;

namespace KeyRotator.Tests.Validation;

/// <summary>Answers as they stand on the wire.</summary>
internal static class Wire
{
    public const string Models = """{"data":[{"id":"tiny-1"}]}""";

    public const string InvalidKey = """{"error":{"code":"invalid_api_key","message":"Incorrect API key provided"}}""";

    public static string Answer(int status, string body = "", params string[] headers)
    {
        var length = Encoding.Latin1.GetByteCount(body);
        string[] lines = [$"HTTP/1.1 {status} Reason", "Content-Type: application/json", $"Content-Length: {length}", .. headers];
        return string.Join("\r\n", lines) + "\r\n\r\n" + body;
    }
}
