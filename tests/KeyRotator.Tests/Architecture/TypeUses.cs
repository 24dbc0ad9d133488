using System.Reflection;
using System.Reflection.Emit;
using KeyRotator.Secrets;

namespace KeyRotator.Tests.Architecture;

/// <summary>What each type of the product uses, method bodies included: a using directive is not the only way to name a type.</summary>
internal static class TypeUses
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> s_codes =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private static readonly Type[] s_types = [.. typeof(SecretValue).Assembly.GetTypes().Where(IsOurs)];

    /// <summary>Every use of a member or type, as pairs of the outermost types.</summary>
    public static IReadOnlyList<TypeUse> All { get; } = [.. s_types.SelectMany(Of)];

    /// <summary>The product's outermost types.</summary>
    public static IReadOnlyList<Type> Types { get; } = [.. s_types.Where(type => !type.IsNested)];

    private static bool IsOurs(Type type) => Outermost(type).Namespace?.StartsWith(nameof(KeyRotator), StringComparison.Ordinal) == true;

    private static IEnumerable<TypeUse> Of(Type type)
    {
        var signatures = type.GetMembers(Declared).SelectMany(Signature).Concat(type.GetInterfaces())
            .Append(type.BaseType ?? typeof(object)).Select(used => new TypeUse(type, used, null));
        var methods = type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared));
        return signatures.Concat(methods.SelectMany(method => Body(type, method)))
            .SelectMany(use => Parts(use.Used).Select(part => use with { User = Outermost(type), Used = part }));
    }

    private static IEnumerable<Type> Signature(MemberInfo member) => member switch
    {
        FieldInfo field => [field.FieldType],
        MethodBase method =>
            method.GetParameters().Select(parameter => parameter.ParameterType).Append((method as MethodInfo)?.ReturnType ?? typeof(void)),
        _ => [],
    };

    private static IEnumerable<TypeUse> Body(Type type, MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length;)
        {
            var opcode = s_codes[code[at] == 0xFE ? BitConverter.ToInt16([code[at + 1], 0xFE]) : code[at]];
            at += opcode.Size;
            if (opcode.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                var member = method.Module.ResolveMember(BitConverter.ToInt32(code, at), Arguments(type), method is MethodInfo { IsGenericMethod: true } ? method.GetGenericArguments() : null)!;
                yield return new TypeUse(type, member as Type ?? member.DeclaringType ?? typeof(object), member);
            }

            at += Operand(opcode, code, at);
        }
    }

    private static Type[]? Arguments(Type type) => type.IsGenericType ? type.GetGenericArguments() : null;

    private static int Operand(OpCode opcode, byte[] code, int at) => opcode.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };

    private static IEnumerable<Type> Parts(Type type) => type switch
    {
        { HasElementType: true } => Parts(type.GetElementType()!),
        { IsGenericParameter: true } => [],
        { IsGenericType: true } => type.GetGenericArguments().SelectMany(Parts).Append(Outermost(type)),
        _ => [Outermost(type)],
    };

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}

/// <summary>One type names another.</summary>
/// <param name="User">Who.</param>
/// <param name="Used">Whom.</param>
/// <param name="Member">The member, or null where the type stands in a signature.</param>
internal sealed record TypeUse(Type User, Type Used, MemberInfo? Member);
