"""The published three-bot example, by its calls: three bots, a shared session an account, the SDK."""

from __future__ import annotations

import pytest
from live_bridge import LiveBridge
from memtrace import (
    AddMemoryRequest,
    Agent,
    ConflictError,
    ContextOptions,
    CreateSessionRequest,
    ListOptions,
    Memtrace,
    RegisterAgentRequest,
    SearchQuery,
    Session,
)

DEPARTMENTS = {
    "telco_internet": "Internet connections and routers",
    "telco_tv": "Channels and set-top boxes",
    "telco_billing": "Invoices and payments",
}
ACCOUNTS = {
    "ACC-1001": {"name": "Ignacio", "plan": "Fiber 600", "device": "HG8245"},
    "ACC-1002": {"name": "María", "plan": "Fiber 300 + TV", "device": "DCX3400"},
}


class Support:
    """What a bot does on start and for each turn."""

    def __init__(self, client: Memtrace):
        self.client = client
        self.agents = {name: self.agent(name) for name in DEPARTMENTS}

    def agent(self, name: str) -> Agent:
        try:
            return self.client.register_agent(RegisterAgentRequest(
                name=name, description=DEPARTMENTS[name], config={"language": "es"}))
        except ConflictError:
            return self.client.get_agent(name)

    def session(self, account: str, department: str) -> Session:
        for agent in self.agents.values():
            for session in self.client.list_sessions(agent_id=agent.id).sessions:
                known = (session.metadata or {}).get("account_id")
                if session.status == "active" and known == account:
                    return session
        session = self.client.create_session(CreateSessionRequest(
            agent_id=self.agents[department].id,
            metadata={"account_id": account, "channel": "telegram"}))
        profile = ACCOUNTS[account]
        self.client.add_memory(AddMemoryRequest(
            agent_id=self.agents[department].id, session_id=session.id, memory_type="entity",
            event_type="customer_profile", content=", ".join(f"{k}: {v}" for k, v in profile.items()),
            metadata=profile, tags=["profile"], importance=1.0, dedup_key=f"profile-{account}"))
        return session

    def turn(self, account: str, department: str, message: str) -> str:
        """Returns the context that the model is given, then notes what was said."""
        session, agent = self.session(account, department), self.agents[department]
        context = self.client.get_session_context(session.id, ContextOptions(since="24h"))
        for who, text in (("customer", message), ("agent", f"About “{message}”: noted")):
            self.client.add_memory(AddMemoryRequest(
                agent_id=agent.id, session_id=session.id, memory_type="episodic",
                event_type=f"{who}_message", content=text, tags=[department, who],
                importance=0.6))
        return " ".join(context.context.split())

    def decide(self, account: str, department: str, decision: str, reason: str) -> None:
        self.client.add_memory(AddMemoryRequest(
            agent_id=self.agents[department].id, session_id=self.session(account, department).id,
            memory_type="decision", event_type="decision", content=decision,
            metadata={"reasoning": reason}, tags=["handoff"], importance=0.9))


@pytest.fixture(scope="module")
def client(guarded: LiveBridge):
    with Memtrace(guarded.url, guarded.key("bots", "write")) as client:
        yield client


def test_three_bots_share_the_account_and_nothing_else(client: Memtrace):
    support = Support(client)
    again = Support(client)  # the second bot process finds the agents registered
    assert {name: agent.id for name, agent in again.agents.items()} == {
        name: agent.id for name, agent in support.agents.items()}

    first = support.turn("ACC-1001", "telco_internet", "My internet drops at night")
    assert "Ignacio" in first and "Fiber 600" in first
    support.turn("ACC-1002", "telco_tv", "The remote control is broken")
    support.decide(
        "ACC-1001", "telco_internet", "Transfer to billing", "Two charges for one visit")
    billing = again.turn("ACC-1001", "telco_billing", "I was charged twice")
    for seen in (
        "My internet drops at night", "noted", "Transfer to billing", "Two charges for one visit",
        "telco_internet", "Ignacio",
    ):
        assert seen in billing
    assert "remote control" not in billing and "María" not in billing

    session = again.session("ACC-1001", "telco_tv")
    assert session.id == support.session("ACC-1001", "telco_billing").id
    recent = client.list_memories(ListOptions(
        session_id=session.id, since="24h", limit=3, order="desc"))
    assert recent.count == 3 and recent.has_more
    assert recent.memories[0].event_type == "agent_message"
    assert [memory.agent_id for memory in recent.memories][:2] == 2 * [
        support.agents["telco_billing"].id]
    found = client.search_memories(SearchQuery(
        session_id=session.id, content_contains="CHARGED", since="24h", limit=5))
    assert found.results and all("charged" in memory.content for memory in found.results)
    profile = client.search_memories(SearchQuery(
        session_id=session.id, memory_types=["entity"], tags=["profile"]))
    assert [memory.metadata for memory in profile.results] == [ACCOUNTS["ACC-1001"]]

    client.close_session(session.id)
    new = support.session("ACC-1001", "telco_tv")
    assert new.id != session.id and new.status == "active"
