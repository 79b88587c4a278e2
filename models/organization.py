"""Organisation: the effective-dated unit tree, what units became, positions, establishment and leadership quotas."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hrms.kernel.db import BigInt, KeyText, ScaledDecimal, Tracked


class OrgUnit(Tracked, Model):
    """A unit through time. Name, parent, kind and path are the projection of its version valid today."""

    __tablename__ = "org_unit"
    __table_args__ = (
        Index("ix_unit_path", "path"),
        Index("ix_unit_parent", "parent_id"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_unit_dates"),
    )
    __untracked__ = ("path", "depth", "folded", "sort_key")

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(250), nullable=False)
    short_name: Mapped[str] = mapped_column(String(100), nullable=False, default="")
    folded: Mapped[str] = mapped_column(KeyText(400), nullable=False, default="", index=True)
    sort_key: Mapped[str] = mapped_column(KeyText(400), nullable=False, default="")
    kind: Mapped[str] = mapped_column(String(30), nullable=False)
    level: Mapped[str] = mapped_column(String(20), nullable=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    path: Mapped[str] = mapped_column(KeyText(250), nullable=False, default="")  # /1/17/203/ : ids from the root
    depth: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    display_order: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    funding: Mapped[str] = mapped_column(String(10), nullable=False, default="budget")
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_to: Mapped[date | None] = mapped_column(Date)  # last day of existence
    # What stands at the head of its papers (NĐ 30/2020) and who signs them.
    paper_name: Mapped[str] = mapped_column(String(250), nullable=False, default="")
    paper_superior: Mapped[str] = mapped_column(String(250), nullable=False, default="")
    paper_symbol: Mapped[str] = mapped_column(String(30), nullable=False, default="")  # SNV in QĐ-SNV
    paper_place: Mapped[str] = mapped_column(String(60), nullable=False, default="Hưng Yên")
    signer_title: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    signer_name: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    numbers_papers_here: Mapped[bool] = mapped_column(nullable=False, default=False)

    parent: Mapped[OrgUnit | None] = relationship(remote_side=[id])
    versions: Mapped[list[OrgUnitVersion]] = relationship(
        back_populates="unit", foreign_keys="OrgUnitVersion.unit_id", order_by="OrgUnitVersion.valid_from"
    )

    def __str__(self) -> str:
        return self.name

    @property
    def root_agency_path(self) -> str:
        """Path of the agency (first level under the province) this unit belongs to."""
        parts = [part for part in self.path.split("/") if part]
        return "/" + "/".join(parts[:2]) + "/"


class OrgUnitVersion(Tracked, Model):
    """What a unit was called and where it stood from one day to another, and by which decision."""

    __tablename__ = "org_unit_version"
    __table_args__ = (
        Index("ix_unit_version", "unit_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_unit_version_dates"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    name: Mapped[str] = mapped_column(String(250), nullable=False)
    short_name: Mapped[str] = mapped_column(String(100), nullable=False, default="")
    kind: Mapped[str] = mapped_column(String(30), nullable=False)
    level: Mapped[str] = mapped_column(String(20), nullable=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_to: Mapped[date | None] = mapped_column(Date)
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    decision_date: Mapped[date | None] = mapped_column(Date)

    unit: Mapped[OrgUnit] = relationship(back_populates="versions", foreign_keys=[unit_id])
    parent: Mapped[OrgUnit | None] = relationship(foreign_keys=[parent_id])


class UnitSuccession(Tracked, Model):
    """One arrow of "this unit became that one": n to m, with the legal act and the day. No successor = ended."""

    __tablename__ = "unit_succession"
    __table_args__ = (Index("ix_succession_from", "from_unit_id"), Index("ix_succession_to", "to_unit_id"))

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    to_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    kind: Mapped[str] = mapped_column(String(20), nullable=False)
    on: Mapped[date] = mapped_column("on_date", Date, nullable=False)
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    decision_date: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")

    from_unit: Mapped[OrgUnit] = relationship(foreign_keys=[from_unit_id])
    to_unit: Mapped[OrgUnit | None] = relationship(foreign_keys=[to_unit_id])


class Position(Tracked, Model):
    """A job position (vị trí việc làm) of a unit with the number approved."""

    __tablename__ = "position"
    __table_args__ = (UniqueConstraint("unit_id", "code", "valid_from", name="uq_position"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    code: Mapped[str] = mapped_column(String(40), nullable=False)
    title: Mapped[str] = mapped_column(String(200), nullable=False)
    group: Mapped[str] = mapped_column("position_group", String(30), nullable=False)
    leader_rank: Mapped[str] = mapped_column(String(10), nullable=False, default="")
    grade_code: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    leadership_coefficient: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    approved_number: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    listed_code: Mapped[str] = mapped_column(String(40), nullable=False, default="")  # list of periodic change
    description: Mapped[str] = mapped_column(Text, nullable=False, default="")
    requirements: Mapped[str] = mapped_column(Text, nullable=False, default="")  # competency frame
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_to: Mapped[date | None] = mapped_column(Date)
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    decision_date: Mapped[date | None] = mapped_column(Date)

    unit: Mapped[OrgUnit] = relationship()

    def __str__(self) -> str:
        return self.title


class Establishment(Tracked, Model):
    """The number assigned (biên chế giao) to a unit for one kind of staff, from one day to another."""

    __tablename__ = "establishment"
    __table_args__ = (
        Index("ix_establishment", "unit_id", "kind", "valid_from"),
        CheckConstraint("number >= 0", name="ck_establishment_number"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(20), nullable=False)
    number: Mapped[int] = mapped_column(Integer, nullable=False)
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_to: Mapped[date | None] = mapped_column(Date)
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    decision_date: Mapped[date | None] = mapped_column(Date)

    unit: Mapped[OrgUnit] = relationship()


class LeadershipQuota(Tracked, Model):
    """How many deputies a unit may have, from when, by which rule or decision (NĐ 150/2025, NĐ 120/2020 …)."""

    __tablename__ = "leadership_quota"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    deputies: Mapped[int] = mapped_column(Integer, nullable=False)
    article: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    mark: Mapped[str] = mapped_column(String(1), nullable=False, default="U")  # evidence mark of the number
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_to: Mapped[date | None] = mapped_column(Date)
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")

    unit: Mapped[OrgUnit] = relationship()
