using Agency.Data.Workflows;

namespace Agency.Data.Tests.Workflows;

public sealed class WorkflowTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(WorkflowStatus.Active, WorkflowStatus.Paused, true)]
    [InlineData(WorkflowStatus.Active, WorkflowStatus.Escalated, true)]
    [InlineData(WorkflowStatus.Active, WorkflowStatus.Completed, true)]
    [InlineData(WorkflowStatus.Paused, WorkflowStatus.Active, true)]
    [InlineData(WorkflowStatus.Escalated, WorkflowStatus.Active, true)]
    [InlineData(WorkflowStatus.Completed, WorkflowStatus.Active, true)]
    [InlineData(WorkflowStatus.Escalated, WorkflowStatus.Paused, false)]
    [InlineData(WorkflowStatus.Completed, WorkflowStatus.Paused, false)]
    [InlineData(WorkflowStatus.Completed, WorkflowStatus.Escalated, false)]
    public void ChangeStatus_BetweenTwoStatuses_FollowsTheMachine(WorkflowStatus from, WorkflowStatus to, bool allowed)
    {
        var workflow = InStatus(from);

        var result = workflow.ChangeStatus(to, "because", Now);

        Assert.Equal(allowed, result.IsSuccess);
        Assert.Equal(allowed ? to : from, workflow.Status);
        if (!allowed)
        {
            Assert.Equal(ErrorKind.Conflict, result.Error?.Kind);
        }
    }

    [Fact]
    public void ChangeStatus_ResumingFromEscalated_ResetsTheFailureCount()
    {
        var workflow = InStatus(WorkflowStatus.Escalated);
        workflow.FailureCount = 3;

        workflow.ChangeStatus(WorkflowStatus.Active, null, Now);

        Assert.Equal(0, workflow.FailureCount);
    }

    [Fact]
    public void ChangeStatus_ResumingFromPaused_KeepsTheFailureCount()
    {
        var workflow = InStatus(WorkflowStatus.Paused);
        workflow.FailureCount = 2;

        workflow.ChangeStatus(WorkflowStatus.Active, null, Now);

        Assert.Equal(2, workflow.FailureCount);
    }

    [Fact]
    public void ChangeStatus_ToActive_RemembersSinceWhen()
    {
        var workflow = InStatus(WorkflowStatus.Paused);
        Assert.Null(workflow.ActiveSince);

        workflow.ChangeStatus(WorkflowStatus.Active, null, Now.AddHours(1));
        workflow.ChangeStatus(WorkflowStatus.Active, "again", Now.AddHours(2));

        Assert.Equal(Now.AddHours(1), workflow.ActiveSince);
    }

    private static Workflow InStatus(WorkflowStatus status)
    {
        var workflow = new Workflow
        {
            CompanyId = new CompanyId("client-a"),
            WorkflowId = new WorkflowId("onboarding-client-a"),
            Type = "client_onboarding",
            CreatedAt = Now,
            UpdatedAt = Now,
        };
        workflow.ChangeStatus(status, null, Now);
        return workflow;
    }
}
