namespace Lathe.Codegen.Package;

/// <summary>The function that gives the contract of one level of code, a module of its own: the contract says how large all the others came out.</summary>
public static class ContractModule
{
    /// <param name="prefix">Of the function.</param>
    /// <param name="contract">The JSON.</param>
    public static string Emit(string prefix, string contract) => new AssemblyText()
        .Raw($"@contract = private unnamed_addr constant {AssemblyText.CString(contract)}")
        .Raw($"define hidden ptr @\"{prefix}contract\"() nounwind noredzone {{").Line("ret ptr @contract").Raw("}").ToString();
}
