using System.Text.Json;

namespace KeyRotator.Tests.Cli;

/// <summary>Looks at printed JSON.</summary>
internal static class Json
{
    /// <summary>Names of an object's members, in their order.</summary>
    public static IEnumerable<string> Members(JsonElement element) => element.EnumerateObject().Select(member => member.Name);
}
