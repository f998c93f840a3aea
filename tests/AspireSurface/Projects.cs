// What Aspire's SDK generates from the AppHost's project references.
namespace Projects;

public class Ingestion : Aspire.Hosting.IProjectMetadata { public string ProjectPath => "services/Ingestion/Ingestion.csproj"; }
public class Fingerprint : Aspire.Hosting.IProjectMetadata { public string ProjectPath => "services/Fingerprint/Fingerprint.csproj"; }
public class Matching : Aspire.Hosting.IProjectMetadata { public string ProjectPath => "services/Matching/Matching.csproj"; }
public class CaseManagement : Aspire.Hosting.IProjectMetadata { public string ProjectPath => "services/CaseManagement/CaseManagement.csproj"; }
public class Notification : Aspire.Hosting.IProjectMetadata { public string ProjectPath => "services/Notification/Notification.csproj"; }
public class Console : Aspire.Hosting.IProjectMetadata { public string ProjectPath => "services/Console/Console.csproj"; }
